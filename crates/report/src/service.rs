//! Services by the names that people call them.

/// Cost Explorer's names that are longer than what people say.
const SHORT: &[(&str, &str)] = &[
    ("Amazon Elastic Compute Cloud - Compute", "EC2"),
    ("EC2 - Other", "EC2 (other)"),
    ("Amazon Simple Storage Service", "S3"),
    ("Amazon Relational Database Service", "RDS"),
    ("Amazon Elastic Load Balancing", "ELB"),
    ("Amazon Elastic Container Service", "ECS"),
    ("Amazon Elastic Container Service for Kubernetes", "EKS"),
    ("Amazon EC2 Container Registry (ECR)", "ECR"),
    ("Amazon Elastic File System", "EFS"),
    ("Amazon Virtual Private Cloud", "VPC"),
    ("Amazon Simple Notification Service", "SNS"),
    ("Amazon Simple Queue Service", "SQS"),
    ("Amazon Simple Email Service", "SES"),
    ("AmazonCloudWatch", "CloudWatch"),
    ("AWS Key Management Service", "KMS"),
    ("AWS Database Migration Service", "DMS"),
];

/// A service's name as it is shown: known short names, and the others without their maker's.
pub(crate) fn short(name: &str) -> &str {
    let known = SHORT.iter().find(|(long, _)| *long == name);
    known.map_or_else(
        || name.strip_prefix("Amazon ").or_else(|| name.strip_prefix("AWS ")).unwrap_or(name),
        |(_, short)| short,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_have_short_names() {
        for (name, expected) in [
            ("Amazon Elastic Compute Cloud - Compute", "EC2"),
            ("Amazon DynamoDB", "DynamoDB"),
            ("AWS Lambda", "Lambda"),
            ("Tax", "Tax"),
            ("", ""),
        ] {
            assert_eq!(short(name), expected);
        }
    }
}
