//! Who asks: access tokens (JWT, EdDSA, `typ` at+jwt after RFC 9068) and the extractors for them.

use std::path::Path;
use std::time::Duration;

use api::UserId;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool, PgTransaction};

use crate::error::{Error, Result};
use crate::state::AppState;
use crate::users::{self, Writer};

/// How long an access token is good.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(600);
const ISSUER: &str = "boxoffice";
const AUDIENCE: &str = "boxoffice-api";
const TYPE: &str = "at+jwt";
const KEY_FILE: &str = "access-token.key";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: uuid::Uuid,
    iat: i64,
    exp: i64,
}

/// Sign and check access tokens.
pub struct AccessKeys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    key_id: String,
    /// Makes refresh tokens of those before.
    successors: [u8; 32],
}

impl AccessKeys {
    /// Keys from a 32-byte Ed25519 seed.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self> {
        let key = SigningKey::from_bytes(seed);
        let public = key.verifying_key();
        let private = key.to_pkcs8_der().map_err(Error::internal)?;
        Ok(Self {
            encoding: EncodingKey::from_ed_der(private.as_bytes()),
            decoding: DecodingKey::from_ed_der(public.as_bytes()),
            key_id: data_encoding::HEXLOWER.encode(&public.as_bytes()[..8]),
            successors: Sha256::new()
                .chain_update(b"refresh token")
                .chain_update(seed)
                .finalize()
                .into(),
        })
    }

    /// Keys from the seed in `data_dir`, made on first use. Servers that share the directory accept
    /// each other's tokens.
    pub fn load_or_create(data_dir: &Path) -> std::io::Result<[u8; 32]> {
        let path = data_dir.join(KEY_FILE);
        std::fs::create_dir_all(data_dir)?;
        if !path.exists() {
            use std::io::Write;
            let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
            file.write_all(&rand::random::<[u8; 32]>())?;
            file.as_file().sync_all()?;
            // Whoever is second keeps the first one's key.
            if let Err(error) = file.persist_noclobber(&path)
                && error.error.kind() != std::io::ErrorKind::AlreadyExists
            {
                return Err(error.error);
            }
        }
        std::fs::read(&path)?.try_into().map_err(|_bytes: Vec<u8>| {
            std::io::Error::other(format!("{} does not hold 32 bytes", path.display()))
        })
    }

    /// An access token for `user` in `session`.
    pub fn issue(&self, user: UserId, session: uuid::Uuid) -> Result<String> {
        let now = chrono::Utc::now().timestamp();
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.key_id.clone());
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            iat: now,
            exp: now + ACCESS_TOKEN_LIFETIME.as_secs() as i64,
        };
        jsonwebtoken::encode(&header, &claims, &self.encoding).map_err(Error::internal)
    }

    /// The refresh token that follows on `token`: always the same one, which is found again without
    /// having been kept.
    pub(crate) fn successor(&self, token: &str) -> String {
        let next = Sha256::new()
            .chain_update(self.successors)
            .chain_update(Sha256::digest(token))
            .finalize();
        BASE64URL_NOPAD.encode(&next)
    }

    fn check(&self, token: &str) -> Result<SignedIn> {
        let header = jsonwebtoken::decode_header(token).map_err(refuse)?;
        if header.typ.as_deref() != Some(TYPE) || header.kid.as_ref() != Some(&self.key_id) {
            return Err(Error::Unauthenticated);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 0;
        let token =
            jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).map_err(refuse)?;
        Ok(SignedIn {
            user: token.claims.sub,
            session: token.claims.sid,
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn refuse(error: jsonwebtoken::errors::Error) -> Error {
    match error.kind() {
        ErrorKind::ExpiredSignature => Error::TokenExpired,
        _ => Error::Unauthenticated,
    }
}

/// Someone signed in. Handlers that take it answer 401 to everyone else; those that take
/// `Option<SignedIn>` serve both.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// In which session.
    pub session: uuid::Uuid,
}

/// An access token outlives its session by minutes. That is enough to read; whatever writes begins
/// here, so that a session that was ended changes nothing any more.
impl SignedIn {
    /// Begins a transaction that writes on behalf of this session. Refuses an ended session; one
    /// that is live stays so until the transaction ends.
    pub async fn begin(&self, db: &PgPool) -> Result<PgTransaction<'static>> {
        let mut transaction = db.begin().await?;
        self.hold(&mut transaction).await?;
        Ok(transaction)
    }

    /// The same for what reaches other people: the account's address must be confirmed.
    pub async fn begin_verified(&self, db: &PgPool) -> Result<PgTransaction<'static>> {
        let mut transaction = db.begin().await?;
        match self.hold(&mut transaction).await? {
            Writer {
                email_verified: true,
            } => Ok(transaction),
            Writer {
                email_verified: false,
            } => Err(Error::email_unverified()),
        }
    }

    /// The same for what ends sessions: no other session of the account ends, begins to write or
    /// goes on writing before the transaction ends.
    pub async fn begin_alone(&self, db: &PgPool) -> Result<PgTransaction<'static>> {
        let mut transaction = db.begin().await?;
        let live = users::lock_sessions(&mut transaction, self.user).await?;
        match live.contains(&self.session) {
            true => Ok(transaction),
            false => Err(Error::TokenExpired),
        }
    }

    /// Refuses an ended session; keeps a live one from being ended before the transaction of
    /// `connection` does. It comes before all other locks.
    pub async fn hold(&self, connection: &mut PgConnection) -> Result<Writer> {
        let writer = users::hold_session(connection, self.session, self.user).await?;
        writer.ok_or(Error::TokenExpired)
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
            .map(|(_, token)| token)
            .ok_or(Error::Unauthenticated)?;
        state.access_keys.check(token)
    }
}

impl OptionalFromRequestParts<AppState> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Option<Self>> {
        if parts.headers.contains_key(AUTHORIZATION) {
            <Self as FromRequestParts<AppState>>::from_request_parts(parts, state)
                .await
                .map(Some)
        } else {
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(seed: u8) -> AccessKeys {
        AccessKeys::from_seed(&[seed; 32]).expect("any seed will do")
    }

    /// Signs `claims` under `header` with the right key.
    fn token(keys: &AccessKeys, header: &Header, claims: &serde_json::Value) -> String {
        jsonwebtoken::encode(header, claims, &keys.encoding).expect("claims can be signed")
    }

    fn good_header(keys: &AccessKeys) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(keys.key_id.clone());
        header
    }

    fn good_claims() -> serde_json::Value {
        serde_json::json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": uuid::Uuid::nil(), "sid": uuid::Uuid::nil(),
            "iat": 0, "exp": chrono::Utc::now().timestamp() + 60,
        })
    }

    #[test]
    fn a_token_names_its_user() {
        let (user, session) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
        let keys = keys(1);
        let signed_in = keys.check(&keys.issue(user, session).expect("issued"));
        assert_eq!(signed_in.expect("own token").user, user);
    }

    #[test]
    fn tokens_of_another_make_are_refused() {
        let keys = keys(1);
        let good = token(&keys, &good_header(&keys), &good_claims());
        assert!(keys.check(&good).is_ok(), "the control is accepted");

        for (claim, value) in [
            ("iss", serde_json::json!("someone")),
            ("aud", serde_json::json!("elsewhere")),
            ("exp", serde_json::json!("9999999999")),
        ] {
            let mut claims = good_claims();
            claims[claim] = value;
            let forged = token(&keys, &good_header(&keys), &claims);
            assert!(
                matches!(keys.check(&forged), Err(Error::Unauthenticated)),
                "{claim}"
            );
        }

        let mut wrong_type = good_header(&keys);
        wrong_type.typ = Some("JWT".to_owned());
        let mut wrong_key = good_header(&keys);
        wrong_key.kid = Some("0000000000000000".to_owned());
        for header in [wrong_type, wrong_key] {
            let forged = token(&keys, &header, &good_claims());
            assert!(matches!(keys.check(&forged), Err(Error::Unauthenticated)));
        }

        let payload = good.split('.').nth(1).expect("a JWT has three parts");
        let none = data_encoding::BASE64URL_NOPAD.encode(
            format!(r#"{{"alg":"none","typ":"{TYPE}","kid":"{}"}}"#, keys.key_id).as_bytes(),
        );
        let unsigned = format!("{none}.{payload}.");
        assert!(matches!(keys.check(&unsigned), Err(Error::Unauthenticated)));

        let strangers = self::keys(2);
        let forged = token(&strangers, &good_header(&keys), &good_claims());
        assert!(matches!(keys.check(&forged), Err(Error::Unauthenticated)));
    }

    #[test]
    fn an_old_token_says_so() {
        let keys = keys(1);
        let mut claims = good_claims();
        claims["exp"] = serde_json::json!(chrono::Utc::now().timestamp() - 1);
        let old = token(&keys, &good_header(&keys), &claims);
        assert!(matches!(keys.check(&old), Err(Error::TokenExpired)));
    }

    #[test]
    fn the_key_is_made_once() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let first = AccessKeys::load_or_create(dir.path()).expect("made");
        let second = AccessKeys::load_or_create(dir.path()).expect("read");
        assert_eq!(first, second);
    }
}
