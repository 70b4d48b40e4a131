//! Lambda functions that run the agent.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{
    Architecture as LambdaArchitecture, Environment, FunctionCode, FunctionConfiguration,
    LastUpdateStatus, LogFormat, LoggingConfig, Runtime, State, VpcConfig,
};

use super::agent::{Architecture, Package};
use super::{Claim, Patience, Tags, or_absent, role};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::wait::{self, Pauses, ROLE_JUST_MADE, Seen};
use crate::aws::{AccountId, Partition, Region, Session};

/// What Lambda asks for with an archive; the runtime starts the file `bootstrap` whatever it says.
const HANDLER: &str = "bootstrap";

/// What a function shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, 1 to 64 characters.
    pub name: String,
    /// What it is for, at most 256 characters.
    pub description: String,
    /// ARN of the role that it runs with.
    pub role_arn: String,
    /// Its memory in MiB, 128 to 10,240.
    pub memory_mb: i32,
    /// The longest that a run may take, in seconds, 1 to 900.
    pub timeout_seconds: i32,
    /// Its environment; no secret.
    pub environment: BTreeMap<String, String>,
    /// Name of the log group that it writes to.
    pub log_group: String,
    /// Subnets and security groups; `None` runs it outside of any VPC.
    pub vpc: Option<Vpc>,
    /// All of its tags.
    pub tags: Tags,
}

/// Where in a network a function runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vpc {
    /// Ids of the subnets.
    pub subnet_ids: BTreeSet<String>,
    /// Ids of the security groups.
    pub security_group_ids: BTreeSet<String>,
}

/// A function as Lambda has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Everything but its code.
    pub function: Function,
    /// Its runtime and handler are those of the agent.
    pub runs_agent: bool,
    /// Base64 of its archive's SHA-256.
    pub code_sha256: String,
    /// What it runs on.
    pub architecture: String,
    /// Its state, and that of its last change.
    state: (Option<State>, Option<LastUpdateStatus>),
    /// Why it is in that state, in AWS's words.
    reason: String,
}

impl Found {
    /// Whether it has the code of this package, for the same processor.
    pub fn has_code(&self, package: &Package) -> bool {
        self.code_sha256 == package.sha256 && self.architecture == package.architecture.as_str()
    }

    fn differs_from(&self, wanted: &Function) -> bool {
        let with_tags = Function { tags: wanted.tags.clone(), ..self.function.clone() };
        with_tags != *wanted || !self.runs_agent
    }

    /// What is not over yet, in Lambda's words.
    fn under_way(&self) -> Option<&'static str> {
        match &self.state {
            (Some(State::Pending), _) => Some("Pending"),
            (_, Some(LastUpdateStatus::InProgress)) => Some("InProgress"),
            _ => None,
        }
    }

    /// Why it can't be invoked as it is.
    fn broken(&self) -> Option<Failure> {
        let what = match &self.state {
            (Some(State::Failed), _) => "did not start",
            (_, Some(LastUpdateStatus::Failed)) => "could not be changed",
            _ => return None,
        };
        Some(Failure::new(Kind::Invalid, format!("the function {what}: {}", self.reason)))
    }
}

/// The ARN of a function.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:lambda:{region}:{account}:function:{name}")
}

/// The function; `None` when there is none.
///
/// # Errors
/// What Lambda refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let asked = session.lambda().get_function().function_name(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("lambda", "GetFunction")))?;
    let Some(answer) = answer else { return Ok(None) };
    let tags = answer.tags.unwrap_or_default().into_iter().collect();
    Ok(answer.configuration.map(|configuration| lifted(configuration, tags)))
}

fn lifted(configuration: FunctionConfiguration, tags: Tags) -> Found {
    let runs_agent = configuration.runtime == Some(Runtime::Providedal2023)
        && configuration.handler.as_deref() == Some(HANDLER);
    let vpc = configuration.vpc_config.map(|vpc| Vpc {
        subnet_ids: vpc.subnet_ids.unwrap_or_default().into_iter().collect(),
        security_group_ids: vpc.security_group_ids.unwrap_or_default().into_iter().collect(),
    });
    let environment = configuration.environment.and_then(|found| found.variables);
    let architecture = configuration.architectures.and_then(|all| all.into_iter().next());
    let reasons = [configuration.last_update_status_reason, configuration.state_reason];
    Found {
        function: Function {
            name: configuration.function_name.unwrap_or_default(),
            description: configuration.description.unwrap_or_default(),
            role_arn: configuration.role.unwrap_or_default(),
            memory_mb: configuration.memory_size.unwrap_or_default(),
            timeout_seconds: configuration.timeout.unwrap_or_default(),
            environment: environment.unwrap_or_default().into_iter().collect(),
            log_group: configuration.logging_config.and_then(|l| l.log_group).unwrap_or_default(),
            vpc: vpc.filter(|vpc| *vpc != Vpc::default()),
            tags,
        },
        runs_agent,
        code_sha256: configuration.code_sha256.unwrap_or_default(),
        // Lambda's own default.
        architecture: architecture.map_or("x86_64".to_owned(), |found| found.as_str().to_owned()),
        state: (configuration.state, configuration.last_update_status),
        reason: reasons.into_iter().flatten().next().unwrap_or_default(),
    }
}

/// Makes the function, or brings it to what it shall be, and waits until it can be invoked. The
/// code is sent only when it is another one.
///
/// # Errors
/// What Lambda refuses; [`Kind::Conflict`] for a function that is not ours.
pub async fn ensure(
    session: &Session,
    patience: Patience<'_>,
    claim: Claim,
    wanted: &Function,
    package: &Package,
) -> Result<(), Failure> {
    if let Some(found) = find(session, &wanted.name).await? {
        claim.check("function", &wanted.name, &found.function.tags, &wanted.tags)?;
        return change(session, patience, wanted, package).await;
    }
    let attempt = || create(session, wanted, package);
    match wait::eventually(ROLE_JUST_MADE, patience.cancel, attempt).await {
        Ok(()) => until_ready(session, patience, &wanted.name).await.map(|_| ()),
        // Also the answer to a call whose first answer was lost, and which the SDK sent again.
        Err(taken) if taken.kind() == Kind::Conflict => {
            let Some(found) = find(session, &wanted.name).await? else { return Err(taken) };
            Claim::ByTags.check("function", &wanted.name, &found.function.tags, &wanted.tags)?;
            change(session, patience, wanted, package).await
        }
        Err(failure) => Err(failure),
    }
}

async fn create(session: &Session, wanted: &Function, package: &Package) -> Result<(), Failure> {
    let code = FunctionCode::builder().zip_file(Blob::new(package.bytes.to_vec())).build();
    let created = session
        .lambda()
        .create_function()
        .function_name(&wanted.name)
        .description(&wanted.description)
        .runtime(Runtime::Providedal2023)
        .handler(HANDLER)
        .architectures(in_lambda(package.architecture))
        .code(code)
        .role(&wanted.role_arn)
        .memory_size(wanted.memory_mb)
        .timeout(wanted.timeout_seconds)
        .environment(environment(wanted))
        .logging_config(logging(wanted))
        .set_vpc_config(wanted.vpc.as_ref().map(network))
        .set_tags(Some(wanted.tags.clone().into_iter().collect()))
        .send()
        .await;
    created.map_err(session.failed("lambda", "CreateFunction"))?;
    Ok(())
}

/// Sends what differs, one change at a time: Lambda takes the next when it has carried out the last.
async fn change(
    session: &Session,
    patience: Patience<'_>,
    wanted: &Function,
    package: &Package,
) -> Result<(), Failure> {
    let mut found = until_idle(session, patience, &wanted.name).await?;
    if found.differs_from(wanted) {
        let attempt = || accepted(patience, wanted, || configure(session, wanted));
        wait::eventually(ROLE_JUST_MADE, patience.cancel, attempt).await?;
        found = until_ready(session, patience, &wanted.name).await?;
    }
    if !found.has_code(package) {
        accepted(patience, wanted, || send_code(session, wanted, package)).await?;
        until_ready(session, patience, &wanted.name).await?;
    }
    change_tags(session, wanted, &TagChanges::between(&found.function.tags, &wanted.tags)).await
}

async fn configure(session: &Session, wanted: &Function) -> Result<(), Failure> {
    let nowhere = Vpc::default();
    let configured = session
        .lambda()
        .update_function_configuration()
        .function_name(&wanted.name)
        .description(&wanted.description)
        .runtime(Runtime::Providedal2023)
        .handler(HANDLER)
        .role(&wanted.role_arn)
        .memory_size(wanted.memory_mb)
        .timeout(wanted.timeout_seconds)
        .environment(environment(wanted))
        .logging_config(logging(wanted))
        // Empty lists take it out of a VPC; leaving them out keeps it where it is.
        .vpc_config(network(wanted.vpc.as_ref().unwrap_or(&nowhere)))
        .send()
        .await;
    configured.map_err(session.failed("lambda", "UpdateFunctionConfiguration"))?;
    Ok(())
}

async fn send_code(session: &Session, wanted: &Function, package: &Package) -> Result<(), Failure> {
    let sent = session
        .lambda()
        .update_function_code()
        .function_name(&wanted.name)
        .architectures(in_lambda(package.architecture))
        .zip_file(Blob::new(package.bytes.to_vec()))
        .send()
        .await;
    sent.map_err(session.failed("lambda", "UpdateFunctionCode"))?;
    Ok(())
}

/// Makes a call until no other change is under way: Lambda refuses it with a conflict until then.
async fn accepted<C, F>(patience: Patience<'_>, wanted: &Function, call: C) -> Result<(), Failure>
where
    C: Fn() -> F,
    F: Future<Output = Result<(), Failure>>,
{
    let what = format!("function `{}` to take a change", wanted.name);
    let probe = || async {
        match call().await {
            Ok(()) => Ok(Seen::Ready(())),
            Err(failure) if failure.kind() == Kind::Conflict => {
                Ok(Seen::Pending("another change is under way".to_owned()))
            }
            Err(failure) => Err(failure),
        }
    };
    wait::until(&what, patience.deadline, Pauses::default(), patience.cancel, probe).await
}

/// Waits until no change is under way. One that failed is over as well: the next may mend it.
async fn until_idle(
    session: &Session,
    patience: Patience<'_>,
    name: &str,
) -> Result<Found, Failure> {
    let what = format!("function `{name}` to be ready");
    let probe = || async {
        let Some(found) = find(session, name).await? else {
            return Err(Failure::new(Kind::NotFound, format!("function `{name}` is gone")));
        };
        Ok(match found.under_way() {
            Some(state) => Seen::Pending(state.to_owned()),
            None => Seen::Ready(found),
        })
    };
    wait::until(&what, patience.deadline, Pauses::default(), patience.cancel, probe).await
}

/// Waits until the function has taken its last change, and refuses one that did not come about.
async fn until_ready(
    session: &Session,
    patience: Patience<'_>,
    name: &str,
) -> Result<Found, Failure> {
    let found = until_idle(session, patience, name).await?;
    match found.broken() {
        Some(failure) => Err(failure),
        None => Ok(found),
    }
}

async fn change_tags(
    session: &Session,
    wanted: &Function,
    changes: &TagChanges,
) -> Result<(), Failure> {
    let (lambda, place) = (session.lambda(), (session.partition(), session.region()));
    let arn = arn(place.0, place.1, session.account(), &wanted.name);
    if !changes.set.is_empty() {
        let tags = changes.set.clone().into_iter().collect();
        let call = lambda.tag_resource().resource(&arn).set_tags(Some(tags));
        call.send().await.map_err(session.failed("lambda", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let call = lambda.untag_resource().resource(&arn);
        let call = call.set_tag_keys(Some(changes.remove.clone()));
        call.send().await.map_err(session.failed("lambda", "UntagResource"))?;
    }
    Ok(())
}

/// Removes the function when the role of this name is gone that it runs with, before that is made
/// anew.
///
/// What decrypts a function's environment is granted to the role that was, and not to another of the
/// same ARN (<https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html>): with such a
/// role the function looks whole, and no call of it succeeds. It goes before the role is made, so that
/// a run which is cut short in between leaves nothing that looks whole.
///
/// # Errors
/// What Lambda and IAM refuse; [`Kind::Conflict`] for a function that is not ours.
pub async fn delete_without_role(
    session: &Session,
    patience: Patience<'_>,
    claim: Claim,
    wanted: &Function,
    role_name: &str,
) -> Result<(), Failure> {
    let Some(found) = find(session, &wanted.name).await? else { return Ok(()) };
    let found = found.function;
    if found.role_arn != wanted.role_arn || found.environment.is_empty() {
        return Ok(());
    }
    if role::find(session, role_name).await?.is_some() {
        return Ok(());
    }
    claim.check("function", &wanted.name, &found.tags, &wanted.tags)?;
    delete(session, patience, &wanted.name).await
}

/// Removes the function.
///
/// # Errors
/// What Lambda refuses.
pub async fn delete(session: &Session, patience: Patience<'_>, name: &str) -> Result<(), Failure> {
    let what = format!("function `{name}` to take its deletion");
    let probe = || async {
        let call = session.lambda().delete_function().function_name(name);
        match or_absent(call.send().await.map_err(session.failed("lambda", "DeleteFunction"))) {
            Ok(_) => Ok(Seen::Ready(())),
            Err(failure) if failure.kind() == Kind::Conflict => {
                Ok(Seen::Pending("another change is under way".to_owned()))
            }
            Err(failure) => Err(failure),
        }
    };
    wait::until(&what, patience.deadline, Pauses::default(), patience.cancel, probe).await
}

fn in_lambda(architecture: Architecture) -> LambdaArchitecture {
    match architecture {
        Architecture::X86 => LambdaArchitecture::X8664,
        Architecture::Arm => LambdaArchitecture::Arm64,
    }
}

fn environment(wanted: &Function) -> Environment {
    let variables = wanted.environment.clone().into_iter().collect();
    Environment::builder().set_variables(Some(variables)).build()
}

fn logging(wanted: &Function) -> LoggingConfig {
    LoggingConfig::builder().log_group(&wanted.log_group).log_format(LogFormat::Text).build()
}

fn network(vpc: &Vpc) -> VpcConfig {
    VpcConfig::builder()
        .set_subnet_ids(Some(vpc.subnet_ids.iter().cloned().collect()))
        .set_security_group_ids(Some(vpc.security_group_ids.iter().cloned().collect()))
        .build()
}
