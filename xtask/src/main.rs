//! The project's commands. `cargo xtask help` lists them.

mod audit;
mod bench;
mod bundle;
mod database;
mod e2e;
mod fuzz;
mod long;
mod mobile;
mod place;
mod prepare;
mod run;
mod screens;
mod setup;
mod step;
mod test;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing on this machine, for all other commands.
    Setup,
    /// Builds everything and runs it: server, demo data and the desktop window.
    Run(run::Args),
    /// Runs every check, or some.
    Test(test::Args),
    /// Measures the hot sale.
    Bench(bench::Args),
    /// Builds the web app.
    Web(web::Args),
    /// Makes the package that people install.
    Bundle(bundle::Args),
    /// Takes pictures of every screen in every state, and puts them on one page.
    Screens(screens::Args),
    /// Measures how fast the app starts and scrolls, and asks Lighthouse.
    Audit,
    /// Makes up requests from the API's description and holds every answer against it.
    FuzzApi(fuzz::Args),
    /// Checks the server's SQL against the migrations and writes `.sqlx/`, which builds read.
    Prepare(prepare::Args),
    /// Type-checks the shell for Android and iOS.
    CheckMobile,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Setup => setup::everything(),
        Command::Run(args) => run::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Web(args) => web::run(&args),
        Command::Bundle(args) => bundle::run(&args),
        Command::Screens(args) => screens::run(&args),
        Command::Audit => audit::run(),
        Command::FuzzApi(args) => fuzz::run(&args),
        Command::Prepare(args) => prepare::run(&args),
        Command::CheckMobile => mobile::check(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
