//! A function that goes into a VPC, moves in it and leaves it.

use hinomi_tests::Result;
use serde_json::json;

use super::{ADDRESS, PROBE_ROLE, Scene, document, location};

fn in_vpc(subnet: &str) -> String {
    location(&format!("vpc = {{ subnet_ids = [\"{subnet}\"], security_group_ids = [\"sg-0a\"] }}"))
}

/// Whether the role may do what Lambda needs for network interfaces.
fn may_have_interfaces(scene: &Scene) -> Result<bool> {
    let asked = [("RoleName", PROBE_ROLE), ("PolicyName", "hinomi")];
    Ok(scene.iam("GetRolePolicy", &asked)?.contains("CreateNetworkInterface"))
}

#[test]
fn a_location_goes_into_a_vpc_and_leaves_it() -> Result<()> {
    let scene = Scene::new("location-vpc")?;
    scene.apply(&location(""))?;
    assert!(!may_have_interfaces(&scene)?);

    // The role comes first: Lambda looks at it.
    scene.apply(&in_vpc("subnet-0a"))?;
    assert!(may_have_interfaces(&scene)?);
    let network = scene.function()?["Configuration"]["VpcConfig"].clone();
    assert_eq!(network["SubnetIds"], json!(["subnet-0a"]));
    let probe = document(&scene.attributes()?["policy_json"]);
    assert!(probe.to_string().contains("\"Network\""), "{probe}");

    let writes = scene.writes_of(&in_vpc("subnet-0b"))?;
    assert_eq!(writes, ["lambda UpdateFunctionConfiguration"]);

    // Past Terraform, and brought back.
    let elsewhere = json!({ "SubnetIds": ["subnet-0c"], "SecurityGroupIds": ["sg-0a"] });
    scene.configure(&json!({ "VpcConfig": elsewhere }))?;
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["vpc"]["subnet_ids"], json!(["subnet-0c"]));
    scene.apply(&in_vpc("subnet-0b"))?;

    // The function comes first: it leaves with what the role still has.
    let left = scene.workspace.config(&location(""))?.apply()?;
    left.expect("Network interfaces may stay in the VPC")?;
    scene.workspace.expect_empty_plan()?;
    assert!(!may_have_interfaces(&scene)?);
    assert_eq!(scene.attributes()?["vpc"], json!(null));

    scene.apply(&in_vpc("subnet-0a"))?;
    let gone = scene.workspace.destroy()?;
    gone.expect("Network interfaces may stay in the VPC")?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn a_location_is_made_in_a_vpc() -> Result<()> {
    let scene = Scene::new("location-vpc-new")?;
    scene.apply(&in_vpc("subnet-0a"))?;
    assert!(may_have_interfaces(&scene)?);
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}
