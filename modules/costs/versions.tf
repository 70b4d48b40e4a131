terraform {
  required_version = ">= 1.11"

  required_providers {
    hinomi = {
      source  = "hinomi/hinomi"
      version = ">= 0.1.0"
    }
  }
}
