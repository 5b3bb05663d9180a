//! Configuration: flags, and the same in the environment. This is the only place that reads either.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use lettre::message::Mailbox;

use crate::auth::AccessSecrets;

/// The ticket shop: server, database upkeep and demo data.
#[derive(Debug, Parser)]
#[command(name = "boxoffice", version, about)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
    /// How to log.
    #[command(flatten)]
    pub log: LogConfig,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and the web app.
    Serve(Box<ServeConfig>),
    /// Migrate the database and exit.
    Migrate(DatabaseConfig),
    /// Check that stock, money and tickets agree; exits 1 on any violation.
    Verify(DatabaseConfig),
    /// Load demo events and accounts into an empty database.
    Demo(DatabaseConfig),
    /// Look after accounts: what is held for review, who is suspended. Each act is written down.
    Admin(AdminConfig),
}

/// What to do by hand, and who does it.
#[derive(Args, Clone, Debug)]
pub struct AdminConfig {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// Who does it, for the record.
    #[arg(long, env = "USER", default_value = "unknown", global = true)]
    pub by: String,
    /// What to do.
    #[command(subcommand)]
    pub act: AdminAct,
}

/// What can be done by hand.
#[derive(Clone, Debug, Subcommand)]
pub enum AdminAct {
    /// List names and titles that are held for review because they have links.
    Held,
    /// Let an account use a name or title that is held.
    Release {
        /// Its id, as `held` lists it.
        id: uuid::Uuid,
    },
    /// Sign an account out for good, stop its sales and send no more of its invitations.
    Suspend {
        /// Its email address.
        email: String,
        /// Why, for the record.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Let a suspended account sign in again.
    Unsuspend {
        /// Its email address.
        email: String,
        /// Why, for the record.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Show an order: who made it, its tickets and where they are, and its refunds.
    Order {
        /// Its id.
        id: uuid::Uuid,
    },
}

/// How to log.
#[derive(Args, Clone, Debug)]
pub struct LogConfig {
    /// The log format.
    #[arg(
        long,
        env = "BOXOFFICE_LOG",
        value_enum,
        default_value = "text",
        global = true
    )]
    pub log: LogFormat,
    /// What is logged, as tracing directives: `info`, `server=debug,sqlx=warn`, …
    #[arg(
        long,
        env = "BOXOFFICE_LOG_FILTER",
        default_value = "info,sqlx=warn",
        global = true
    )]
    pub log_filter: String,
}

/// The log format.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// Plain text.
    Text,
    /// One JSON object per line.
    Json,
}

/// Where the data is.
#[derive(Args, Clone, Debug)]
pub struct DatabaseConfig {
    /// PostgreSQL to use. Without it the program runs its own in the data directory.
    #[arg(long, env = "BOXOFFICE_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Holds `access-token.key` and, without a database URL, PostgreSQL's files.
    #[arg(long, env = "BOXOFFICE_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// The most connections to PostgreSQL.
    #[arg(long, env = "BOXOFFICE_DATABASE_CONNECTIONS", default_value_t = 16,
          value_parser = clap::value_parser!(u32).range(2..=500))]
    pub database_connections: u32,
}

/// How to serve.
#[derive(Args, Clone, Debug)]
pub struct ServeConfig {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseConfig,
    /// Address and port to listen on.
    #[arg(long, env = "BOXOFFICE_BIND", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,
    /// Address and port of `/metrics`, in the format of Prometheus, for monitoring. Without it, nothing is
    /// counted.
    #[arg(long, env = "BOXOFFICE_ADMIN_BIND")]
    pub admin_bind: Option<SocketAddr>,
    /// The secret that signs and checks access tokens: 64 hexadecimal digits. Without it, the server uses
    /// `access-token.key` in the data directory, which it creates at the first start.
    ///
    /// Two secrets, separated by a comma, are both accepted, and the first one signs. To change the secret
    /// without signing anyone out: add the new one second on all servers, move it to the front on all of
    /// them, and remove the old one ten minutes later.
    #[arg(long, env = "BOXOFFICE_ACCESS_TOKEN_SECRETS", hide_env_values = true)]
    pub access_token_secrets: Option<AccessSecrets>,
    /// The built web app to serve; without it only the API is served.
    #[arg(long, env = "BOXOFFICE_WEB_DIR")]
    pub web_dir: Option<PathBuf>,
    /// The fonts used on tickets and preview pictures, besides the built-in one. Without it, the
    /// system's fonts are used.
    #[arg(long, env = "BOXOFFICE_FONT_DIR")]
    pub font_dir: Option<PathBuf>,
    /// The server's public address, used for links in emails. With https, cookies are for https
    /// only.
    #[arg(long, env = "BOXOFFICE_PUBLIC_URL", default_value = "http://localhost:8080",
          value_parser = origin)]
    pub public_url: String,
    /// The mail server, like smtps://user:password@mail.example.com or
    /// smtp://user:password@mail.example.com?tls=required. Without it, emails are saved in the
    /// folder `mail` of the data directory.
    #[arg(long, env = "BOXOFFICE_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The sender of emails.
    #[arg(
        long,
        env = "BOXOFFICE_MAIL_FROM",
        default_value = "Box Office <tickets@localhost>"
    )]
    pub mail_from: Mailbox,
    /// Other web origins that can call the API, separated by commas. The native app's are always
    /// allowed.
    #[arg(long, env = "BOXOFFICE_ALLOWED_ORIGINS", value_delimiter = ',', value_parser = origin)]
    pub allowed_origins: Vec<String>,
    /// Reverse proxies whose X-Forwarded-For is trusted, separated by commas.
    #[arg(long, env = "BOXOFFICE_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpAddr>,
    /// Load demo events and accounts when there is no event yet.
    #[arg(long, env = "BOXOFFICE_DEMO")]
    pub demo: bool,
    /// Archive events this many days after they end.
    #[arg(long, env = "BOXOFFICE_ARCHIVE_AFTER_DAYS", default_value_t = 30,
          value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub archive_after_days: u16,
    /// Whether buyers of one event share transactions or get one each.
    #[arg(
        long,
        env = "BOXOFFICE_PURCHASE_PATH",
        value_enum,
        default_value = "combined"
    )]
    pub purchase_path: PurchasePath,
    /// Connections kept for purchases alone; reads have their own.
    #[arg(long, env = "BOXOFFICE_PURCHASE_CONNECTIONS", default_value_t = 3,
          value_parser = clap::value_parser!(u32).range(1..=100))]
    pub purchase_connections: u32,
    /// How old the public list and event pages may be, in milliseconds. Buying never trusts them.
    #[arg(long, env = "BOXOFFICE_READS_MAX_AGE_MS", default_value_t = 250,
          value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub reads_max_age_ms: u64,
    /// Which phone apps open links to this server.
    #[command(flatten)]
    pub app_links: AppLinks,
    /// How many may be connected at once.
    #[command(flatten)]
    pub connections: ConnectionLimits,
    /// Limits for sign-in and sign-up.
    #[command(flatten)]
    pub rate_limits: RateLimits,
}

impl ServeConfig {
    /// Whether people reach this server by https.
    pub fn has_https(&self) -> bool {
        self.public_url.starts_with("https:")
    }
}

/// Which phone apps open links to this server.
#[derive(Args, Clone, Debug)]
pub struct AppLinks {
    /// The Android app's package name.
    #[arg(
        long,
        env = "BOXOFFICE_ANDROID_PACKAGE",
        default_value = "app.boxoffice.tickets"
    )]
    pub android_package: String,
    /// SHA-256 fingerprints of the certificates it is signed with, like 14:6D:E9:…, separated by
    /// commas. Without one no Android app opens links.
    #[arg(long, env = "BOXOFFICE_ANDROID_FINGERPRINTS", value_delimiter = ',',
          value_parser = fingerprint)]
    pub android_fingerprints: Vec<String>,
    /// Apple's ids of the app, like TEAMID1234.app.boxoffice.tickets, separated by commas. Without
    /// one no iOS app opens links.
    #[arg(long, env = "BOXOFFICE_APPLE_APP_IDS", value_delimiter = ',')]
    pub apple_app_ids: Vec<String>,
}

/// Whether buyers of one event share transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PurchasePath {
    /// Orders for one event that queue while a batch is written share the next one.
    Combined,
    /// One order, one transaction: the reference.
    Plain,
}

/// How many may be connected at once. Trusted proxies may have any number of connections.
#[derive(Args, Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// The most connections at once; fewer where the system allows fewer open files.
    #[arg(long, env = "BOXOFFICE_CONNECTIONS", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(16..))]
    pub connections: u32,
    /// The most of them from one address.
    #[arg(long, env = "BOXOFFICE_CONNECTIONS_PER_ADDRESS", default_value_t = 1_000,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub connections_per_address: u32,
    /// The most requests at once from one address, over all its connections.
    #[arg(long, env = "BOXOFFICE_REQUESTS_PER_ADDRESS", default_value_t = 2_000,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub requests_per_address: u32,
}

/// How often one address or account may try.
#[derive(Args, Clone, Copy, Debug)]
pub struct RateLimits {
    /// Wrong passwords per minute from one address, for any accounts.
    #[arg(long, env = "BOXOFFICE_LOGINS_PER_MINUTE", default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub logins_per_minute: u32,
    /// Wrong passwords per minute for one account from one address.
    #[arg(long, env = "BOXOFFICE_ACCOUNT_LOGINS_PER_MINUTE", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub account_logins_per_minute: u32,
    /// New accounts per hour from one address.
    #[arg(long, env = "BOXOFFICE_REGISTRATIONS_PER_HOUR", default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub registrations_per_hour: u32,
    /// Password reset emails per hour to one account.
    #[arg(long, env = "BOXOFFICE_RESETS_PER_HOUR", default_value_t = 3,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub resets_per_hour: u32,
    /// Emails per hour that one account can send to one person: confirmation, sent tickets.
    #[arg(long, env = "BOXOFFICE_LETTERS_PER_HOUR", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub letters_per_hour: u32,
    /// People per day that a new account can invite or send tickets to. Older accounts can reach more.
    #[arg(long, env = "BOXOFFICE_INVITATIONS_PER_DAY", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub invitations_per_day: u32,
    /// Wrong promo codes per minute from one address.
    #[arg(long, env = "BOXOFFICE_QUOTES_PER_MINUTE", default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub quotes_per_minute: u32,
}

/// An origin: scheme, host and port, without a path.
fn origin(text: &str) -> Result<String, String> {
    let uri: axum::http::Uri = text
        .trim_end_matches('/')
        .parse()
        .map_err(|error| format!("{error}"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err("write it with its scheme, like https://tickets.example.com".to_owned());
    };
    if uri.path() != "/" && !uri.path().is_empty() {
        return Err("leave out the path".to_owned());
    }
    Ok(format!("{scheme}://{authority}"))
}

/// A SHA-256 as certificates show it: 32 pairs of hexadecimal digits with colons.
fn fingerprint(text: &str) -> Result<String, String> {
    let pairs: Vec<&str> = text.split(':').collect();
    let is_pair =
        |pair: &&str| pair.len() == 2 && pair.chars().all(|digit| digit.is_ascii_hexdigit());
    if pairs.len() != 32 || !pairs.iter().all(is_pair) {
        return Err("write all of its 32 pairs of digits, with colons".to_owned());
    }
    Ok(text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn the_example_lists_every_setting_with_its_default() {
        use clap::CommandFactory;
        let example = include_str!("../../.env.example");
        let command = Cli::command();
        let serve = command.find_subcommand("serve").expect("a subcommand");
        let mut settings = 0;
        for argument in command.get_arguments().chain(serve.get_arguments()) {
            let Some(variable) = argument.get_env() else {
                continue;
            };
            settings += 1;
            let default = argument.get_default_values().first();
            let default = default.and_then(|value| value.to_str()).unwrap_or_default();
            let line = format!("# {}={default}", variable.to_string_lossy());
            assert!(example.lines().any(|listed| listed == line), "{line}");
        }
        assert!(settings > 10, "only {settings} settings were looked at");
    }

    #[test]
    fn bad_values_are_named() {
        let wrong = Cli::try_parse_from(["boxoffice", "serve", "--bind", "nowhere"]);
        let message = wrong.expect_err("`nowhere` is no address").to_string();
        assert!(message.contains("--bind"), "{message}");
        assert!(origin("tickets.example.com").is_err());
        assert!(fingerprint("14:6d").is_err());
        let whole = ["ab"; 32].join(":");
        assert_eq!(fingerprint(&whole), Ok(whole.to_uppercase()));
        assert!(origin("https://tickets.example.com/shop").is_err());
        assert_eq!(
            origin("https://a.example:81/"),
            Ok("https://a.example:81".to_owned())
        );
    }
}
