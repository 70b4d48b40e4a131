//! `cargo dev demo`: the main job, as a user sees it, with the real `terraform` and no account
//! anywhere.

mod album;
mod company;
mod inventory;
mod mornings;
mod ringing;
mod text;
mod window;

use std::{
    path::PathBuf,
    thread,
    time::{Duration, SystemTime},
};

use hinomi_tests::{Account, Aws, Discord, Error, Result, Shop, Verb, prerequisites};
use jiff::{Timestamp, tz::TimeZone};

use self::{ringing::Played, window::Window};
use crate::{
    agent, cargo, console,
    preview::{Artist, Pages},
    scene::Scene,
    stop::Stop,
};

/// The account that plays the user's.
const ACCOUNT: &str = "111122223333";

/// Arguments of `cargo dev demo`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Keep it all running until Enter or Ctrl-C, for playing: checks each minute, alarms, and a page
    /// with the channel.
    #[arg(long)]
    keep: bool,
    /// The picture of the channel to write, for which a Chromium must be installed;
    /// `demo/discord.png` in Cargo's target directory when left out, if there is one. The README's is
    /// `docs/pictures/demo.png`.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Ask nothing.
    #[arg(long)]
    yes: bool,
}

/// Runs the demo; `false` when something was left behind.
pub(crate) fn run(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    let artist = Artist::find(arguments.picture.is_some())?;
    let service = Shop::open()?;
    let scene = prepare(&service, stop)?;
    let result = play(&scene, &service, (arguments, artist), stop);
    if stop.requested() {
        // An interrupted command counts as failed, but nobody wants to read what it left.
        scene.workspace.discard();
    }
    result
}

fn play(
    scene: &Scene,
    service: &Shop,
    (arguments, artist): (&Arguments, Option<Artist>),
    stop: &Stop,
) -> Result<bool> {
    let asks = !arguments.yes && console::is_terminal() && console::can_answer();
    show(scene, asks, stop)?;
    console::heading("the bell");
    let played = ringing::play(scene, service, stop)?;
    console::heading("the mornings");
    let mornings = mornings::play(scene, stop)?;
    let pages = console::step("laying the channel out as Discord does", Pages::prepare)?;
    let bell = played.album.write(&pages, "discord")?;
    let costs = mornings.write(&pages, "costs")?;
    if let Some(artist) = artist {
        let otherwise = bell.with_extension("png");
        artist.draw(&bell, arguments.picture.as_ref().unwrap_or(&otherwise))?;
        artist.draw(&costs, &costs.with_extension("png"))?;
    } else {
        console::line("no pictures: there is no Chromium in the PATH");
    }
    if arguments.keep {
        keep(scene, service, (pages, played), stop)?;
        return Ok(true);
    }
    let made = scene.made()?;
    let webhooks = scene.discord.server().webhooks().len();
    take_down(scene, stop)?;
    inventory::close(scene, &made, webhooks)
}

fn prepare(service: &Shop, stop: &Stop) -> Result<Scene> {
    console::heading("preparing");
    let terraform = prerequisites::terraform()?;
    let python = prerequisites::python()?;
    console::line(format_args!("  Terraform {terraform}, Python {python}"));
    let provider = console::step("building agents and provider (minutes the first time)", || {
        for build in agent::Build::ALL {
            agent::prepare(build, "debug", console::pass_on(), console::is_terminal())?;
        }
        cargo::build_provider(false, console::pass_on(), console::is_terminal())
    })?;
    stop.check()?;
    let aws = console::step("starting the AWS stand-in", || Aws::start(Some(console::pass_on())))?;
    stop.check()?;
    let discord = console::step("starting the Discord stand-in", Discord::start)?;
    let account = Account::of(&aws, ACCOUNT);
    // A demo doesn't wait for the next minute: it says when one has passed.
    account.fire_schedules_by_hand()?;
    account.evaluate_alarms_by_hand()?;
    account.bill(&company::bill())?;
    stop.check()?;
    let output = Some((console::pass_on(), console::is_terminal()));
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let costs = company::variables(today);
    Scene::set(aws, discord, account, Some(&service.url()), costs, &provider, output)
}

/// From `init` to the empty second plan.
fn show(scene: &Scene, asks: bool, stop: &Stop) -> Result<()> {
    let workspace = &scene.workspace;
    let folder = workspace.folder().display();
    console::line(format_args!("\n  examples/quickstart, copied to {folder}"));

    console::heading("terraform init");
    workspace.init()?;
    stop.check()?;
    console::heading("terraform plan");
    workspace.plan()?;
    stop.check()?;
    if asks {
        console::line("\nPress Enter to apply this plan, or Ctrl-C to stop.");
        stop.wait_for_person();
        stop.check()?;
    }
    console::heading("terraform apply");
    workspace.apply_plan()?;
    stop.check()?;
    console::heading("terraform plan, again");
    workspace.expect_empty_plan()?;
    stop.check()?;
    console::heading("what exists now");
    inventory::show(scene)
}

fn take_down(scene: &Scene, stop: &Stop) -> Result<()> {
    console::heading("terraform destroy");
    let output = scene.workspace.run(Verb::Destroy)?;
    stop.check()?;
    if output.code() == Some(0) {
        return Ok(());
    }
    Err(Error::unexpected("`terraform destroy` failed; its messages are above"))
}

/// Lets everything go on by itself, says how to play with it, and waits.
fn keep(
    scene: &Scene,
    service: &Shop,
    (pages, Played { album, end }): (Pages, Played),
    stop: &Stop,
) -> Result<()> {
    stop.check()?;
    let window = Window::open(scene, pages, album)?;
    let wait = end.duration_since(SystemTime::now()).unwrap_or_default();
    hand_over(scene.account.clone(), wait);
    console::heading("yours to play with");
    let [broken, healed] = service.switches();
    let seconds = wait.as_secs();
    console::line(format_args!(
        "The channel:         {}   (in a browser; it looks again by itself)",
        window.url()
    ));
    console::line(format_args!("The shop:            {}", service.url()));
    console::line(format_args!("Break it:            curl -X POST {broken}"));
    console::line(format_args!("Heal it:             curl -X POST {healed}"));
    console::line(format_args!(
        "\nThe shop is checked at each full minute from in {seconds} seconds on, when the clock has caught up with the\n\
         demo. After two failures the message comes; within ten minutes of the last outage it is the same one."
    ));
    tell_of_terraform(scene);
    console::line("\nPress Enter or Ctrl-C here to end the stand-ins and remove the folder.");
    stop.wait_for_person();
    Ok(())
}

/// Once the machine's clock has reached the play's end, schedules and alarms follow it. Before, the
/// alarms would look at minutes a second time.
fn hand_over(account: Account, wait: Duration) {
    thread::spawn(move || {
        thread::sleep(wait);
        if let Err(error) = account.run_by_itself() {
            console::error(&error);
        }
    });
}

fn tell_of_terraform(scene: &Scene) {
    console::line("\nPaste this into another terminal (the credentials are the stand-ins' own):\n");
    console::line(format_args!("cd {}", quoted(&scene.workspace.folder().to_string_lossy())));
    for (name, value) in scene.workspace.environment() {
        console::line(format_args!("export {name}={}", quoted(&value)));
    }
    let account = scene.account.id();
    let endpoint = scene.account.endpoint();
    console::line("\nThen: terraform plan, edit main.tf, terraform apply, terraform destroy, …");
    console::line(format_args!(
        "What exists in AWS:  curl '{endpoint}/_objects?account={account}'"
    ));
    console::line(format_args!("What AWS was asked:  curl '{endpoint}/_calls?account={account}'"));
    console::line(format_args!(
        "What functions did:  curl '{endpoint}/_functions/invocations?account={account}'"
    ));
    console::line(format_args!("Discord:             curl {}", scene.discord.server().state_url()));
}

/// As a POSIX shell takes it literally.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_quoted_text_literally() {
        for text in ["plain", "it's", "$HOME `id` \"x\"", ""] {
            let script = format!("printf %s {}", quoted(text));
            let output = std::process::Command::new("sh").args(["-c", &script]).output();
            assert_eq!(String::from_utf8_lossy(&output.expect("a shell").stdout), text);
        }
    }
}
