"""AWS Organizations with a seedable tree: ministack knows neither states nor paths nor pages, and shows every account to everybody."""
