//! The program `boxoffice`.

use std::process::ExitCode;

use clap::Parser;
use server::config::{Cli, Command};
use server::database::Database;
use server::users::password::Passwords;
use server::{admin, demo, serve, telemetry, verify};

/// Requests are freed by other threads than the ones that made them, which costs the system's
/// allocator a sixth of a purchase. Without huge pages (`no_thp`): with them the server took 40 MB
/// more for 512 buyers, and now and then a purchase waited for one to be cleared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome = Result<ExitCode, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = telemetry::start_logging(&cli.log) {
        eprintln!("BOXOFFICE_LOG_FILTER: {error}");
        return ExitCode::FAILURE;
    }
    match run(cli.command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("boxoffice: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Outcome {
    match command {
        Command::Serve(config) => {
            serve::serve(*config).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate(config) => {
            Database::open(&config).await?.close().await;
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify(config) => {
            let database = Database::open(&config).await?;
            let report = verify::run(&database.pool).await?;
            database.close().await;
            println!("{report}");
            Ok(ExitCode::from(u8::from(!report.is_clean())))
        }
        Command::Admin(config) => {
            let database = Database::open(&config.database).await?;
            let said = admin::run(&database.pool, &config.by, &config.act).await;
            database.close().await;
            println!("{}", said?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Demo(config) => {
            let database = Database::open(&config).await?;
            let loaded = demo::load_once(&database.pool, &Passwords::default()).await?;
            database.close().await;
            println!(
                "{}",
                if loaded {
                    "Demo data loaded."
                } else {
                    "There are events already."
                }
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}
