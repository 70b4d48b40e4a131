"""What accounts use: services with their usage types, as Cost Explorer names them.

Names and usage types are those of public price lists and bills; shares, prices and how often a usage type occurs are made up.
"""

from __future__ import annotations

from dataclasses import dataclass

# Region code to the prefix of its usage types (public price lists); us-east-1 has none.
PREFIXES = {
    "us-east-1": "", "us-east-2": "USE2-", "us-west-2": "USW2-", "eu-west-1": "EU-", "eu-central-1": "EUC1-", "ap-northeast-1": "APN1-",
    "ap-northeast-3": "APN3-", "ap-southeast-1": "APS1-",
}
GLOBAL_REGION = "global"


@dataclass(frozen=True)
class Usage:
    """One usage type: its share of the service's cost, the price of a unit, and on how many of a hundred days it occurs."""

    name: str
    operation: str
    share: float
    price: float
    unit: str
    days: int = 100
    instance: str = ""


@dataclass(frozen=True)
class Service:
    """A service as the SERVICE dimension names it; `weight` is its share where an account names no shares."""

    name: str
    weight: float
    usages: tuple[Usage, ...]
    is_global: bool = False


CATALOGUE = {service.name: service for service in (
    Service("Amazon Elastic Compute Cloud - Compute", 34, (
        Usage("BoxUsage:m7g.large", "RunInstances", 0.72, 0.1063, "Hrs", instance="m7g.large"),
        Usage("BoxUsage:t4g.small", "RunInstances", 0.20, 0.0216, "Hrs", instance="t4g.small"),
        Usage("SpotUsage:c7g.xlarge", "RunInstances:SV001", 0.08, 0.0612, "Hrs", 45, "c7g.xlarge"))),
    Service("EC2 - Other", 14, (
        Usage("EBS:VolumeUsage.gp3", "CreateVolume-Gp3", 0.45, 0.096, "GB-Mo"),
        Usage("NatGateway-Hours", "NatGateway", 0.30, 0.062, "Hrs"),
        Usage("NatGateway-Bytes", "NatGateway", 0.15, 0.062, "GB"),
        Usage("DataTransfer-Out-Bytes", "PublicIP-Out", 0.10, 0.114, "GB", 85))),
    Service("Amazon Relational Database Service", 18, (
        Usage("InstanceUsage:db.r7g.large", "CreateDBInstance:0021", 0.80, 0.283, "Hrs", instance="db.r7g.large"),
        Usage("RDS:GP3-Storage", "CreateDBInstance:0021", 0.17, 0.138, "GB-Mo"),
        Usage("RDS:ChargedBackupUsage", "CreateDBInstance", 0.03, 0.103, "GB-Mo", 60))),
    Service("Amazon Simple Storage Service", 8, (
        Usage("TimedStorage-ByteHrs", "StandardStorage", 0.70, 0.025, "GB-Mo"),
        Usage("Requests-Tier1", "PutObject", 0.20, 0.0000047, "Requests"),
        Usage("Requests-Tier2", "GetObject", 0.10, 0.00000037, "Requests"))),
    Service("Amazon CloudFront", 6, (
        Usage("JP-DataTransfer-Out-Bytes", "GET", 0.85, 0.114, "GB"),
        Usage("JP-Requests-HTTPS-Proxy", "GET", 0.15, 0.0000012, "Requests")), True),
    Service("AWS Lambda", 4, (
        Usage("Lambda-GB-Second-ARM", "Invoke", 0.90, 0.0000133334, "Second"),
        Usage("Request-ARM", "Invoke", 0.10, 0.0000002, "Requests"))),
    Service("Amazon DynamoDB", 4, (
        Usage("WriteRequestUnits", "PayPerRequestThroughput", 0.65, 0.0000007135, "WriteRequestUnits"),
        Usage("ReadRequestUnits", "PayPerRequestThroughput", 0.35, 0.0000001427, "ReadRequestUnits"))),
    Service("Amazon Elastic Load Balancing", 5, (
        Usage("LoadBalancerUsage", "LoadBalancing:Application", 0.75, 0.0243, "Hrs"),
        Usage("LCUUsage", "LoadBalancing:Application", 0.25, 0.008, "LCU-Hrs"))),
    Service("AmazonCloudWatch", 4, (
        Usage("DataProcessing-Bytes", "PutLogEvents", 0.60, 0.76, "GB"),
        Usage("CW:MetricMonitorUsage", "MetricStorage", 0.40, 0.30, "Metrics"))),
    Service("Amazon Elastic Container Service", 3, (
        Usage("Fargate-ARM-vCPU-Hours:perCPU", "FargateTask", 0.80, 0.04045, "hours"),
        Usage("Fargate-ARM-GB-Hours", "FargateTask", 0.20, 0.00442, "hours"))),
    Service("Amazon Virtual Private Cloud", 2, (Usage("PublicIPv4:InUseAddress", "AllocateAddressVPC", 1.0, 0.005, "Hrs"),)),
    Service("Amazon Route 53", 1, (Usage("DNS-Queries", "A", 0.6, 0.0000004, "Queries"), Usage("HostedZone", "", 0.4, 0.0166667, "HostedZone")), True),
    Service("AWS Key Management Service", 1, (Usage("KMS-Requests", "Decrypt", 1.0, 0.000003, "Requests", 70),)),
    Service("Amazon Simple Notification Service", 0.5, (Usage("Requests-Tier1", "Publish", 1.0, 0.00000055, "Requests", 40),)),
    Service("Amazon Bedrock", 0, (Usage("MP:Claude-InputTokenCount-Units", "Usage", 1.0, 0.003, "Units"),)),
    Service("Amazon Athena", 0, (Usage("DataScannedInTB", "StartQueryExecution", 1.0, 5.0, "Terabytes", 50),)),
)}

DEFAULT_SERVICES = ("Amazon Elastic Compute Cloud - Compute", "EC2 - Other", "Amazon Relational Database Service", "Amazon Simple Storage Service",
                    "AWS Lambda", "AmazonCloudWatch", "AWS Key Management Service")
"""What an account uses that names no services."""


def service(name: str) -> Service:
    """A service; one that the catalogue doesn't have gets a single usage type."""
    return CATALOGUE.get(name) or Service(name, 1, (Usage("Usage", "Usage", 1.0, 0.01, "Units"),))
