//! Access tokens: JWT as in RFC 9068 (`typ` at+jwt), signed with HMAC-SHA-256. Only our own servers check
//! them, so they need no public key, whose check would take many times longer.

use std::time::Duration;

use api::UserId;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::SignedIn;
use super::secrets::{AccessSecrets, Secret};
use crate::error::{Error, Result};

/// How long an access token is valid.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(600);
const ISSUER: &str = "boxoffice";
const AUDIENCE: &str = "boxoffice-api";
const TYPE: &str = "at+jwt";
const ALGORITHM: Algorithm = Algorithm::HS256;

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
    signing: Key,
    /// From before a change of secrets, or for the next one.
    accepted: Option<Key>,
    validation: Validation,
}

/// The keys derived from one secret.
struct Key {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// Derives each refresh token from the one before.
    successors: Secret,
}

impl Key {
    fn new(secret: &Secret) -> Self {
        let token_key = derive("access token", secret);
        Self {
            id: HEXLOWER.encode(&derive("key id", secret)[..8]),
            encoding: EncodingKey::from_secret(&token_key),
            decoding: DecodingKey::from_secret(&token_key),
            successors: derive("refresh token", secret),
        }
    }

    fn successor(&self, token: &str) -> String {
        let next = Sha256::new()
            .chain_update(self.successors)
            .chain_update(Sha256::digest(token))
            .finalize();
        BASE64URL_NOPAD.encode(&next)
    }
}

/// Derives a separate key for each purpose.
fn derive(purpose: &str, secret: &Secret) -> Secret {
    Sha256::new()
        .chain_update(purpose)
        .chain_update(secret)
        .finalize()
        .into()
}

impl AccessKeys {
    /// Derives the keys from `secrets`.
    pub fn new(secrets: &AccessSecrets) -> Self {
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = 0;
        Self {
            signing: Key::new(&secrets.signing),
            accepted: secrets.accepted.as_ref().map(Key::new),
            validation,
        }
    }

    /// An access token for `user` in `session`.
    pub fn issue(&self, user: UserId, session: uuid::Uuid) -> Result<String> {
        let now = chrono::Utc::now().timestamp();
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.signing.id.clone());
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            sid: session,
            iat: now,
            exp: now + ACCESS_TOKEN_LIFETIME.as_secs() as i64,
        };
        jsonwebtoken::encode(&header, &claims, &self.signing.encoding).map_err(Error::internal)
    }

    /// The refresh token after `token`: always the same one, so that it need not be stored.
    pub(crate) fn successor(&self, token: &str) -> String {
        self.signing.successor(token)
    }

    /// The refresh tokens that may have been given out after `token`, including before a change of secrets.
    pub(crate) fn successors(&self, token: &str) -> impl Iterator<Item = String> {
        self.keys().map(|key| key.successor(token))
    }

    pub(super) fn check(&self, token: &str) -> Result<SignedIn> {
        let header = jsonwebtoken::decode_header(token).map_err(refuse)?;
        let key = self.keys().find(|key| header.kid.as_ref() == Some(&key.id));
        let key = key.ok_or(Error::Unauthenticated)?;
        if header.typ.as_deref() != Some(TYPE) {
            return Err(Error::Unauthenticated);
        }
        let token = jsonwebtoken::decode::<Claims>(token, &key.decoding, &self.validation)
            .map_err(refuse)?;
        Ok(SignedIn {
            user: token.claims.sub,
            session: token.claims.sid,
        })
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.signing).chain(&self.accepted)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn refuse(error: jsonwebtoken::errors::Error) -> Error {
    match error.kind() {
        ErrorKind::ExpiredSignature => Error::TokenExpired,
        _ => Error::Unauthenticated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secret: u8) -> AccessKeys {
        AccessKeys::new(&[secret; 32].into())
    }

    /// Signs `claims` under `header` with the right key.
    fn token(keys: &AccessKeys, header: &Header, claims: &serde_json::Value) -> String {
        jsonwebtoken::encode(header, claims, &keys.signing.encoding).expect("claims can be signed")
    }

    fn good_header(keys: &AccessKeys) -> Header {
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(keys.signing.id.clone());
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
            format!(
                r#"{{"alg":"none","typ":"{TYPE}","kid":"{}"}}"#,
                keys.signing.id
            )
            .as_bytes(),
        );
        let unsigned = format!("{none}.{payload}.");
        assert!(matches!(keys.check(&unsigned), Err(Error::Unauthenticated)));

        let strangers = self::keys(2);
        let forged = token(&strangers, &good_header(&keys), &good_claims());
        assert!(matches!(keys.check(&forged), Err(Error::Unauthenticated)));

        // Another algorithm of the same family, with the right key.
        let mut longer = good_header(&keys);
        longer.alg = Algorithm::HS512;
        let forged = token(&keys, &longer, &good_claims());
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
    fn a_secret_changes_without_signing_anyone_out() {
        let (user, session) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
        let both = |signing, accepted| {
            AccessKeys::new(&AccessSecrets {
                signing: [signing; 32],
                accepted: Some([accepted; 32]),
            })
        };
        let (before, told, changed, after) = (keys(1), both(1, 2), both(2, 1), keys(2));
        let issued = |keys: &AccessKeys| keys.issue(user, session).expect("issued");
        // Servers change one after the other: each accepts what the one before and the next issue.
        for (one, other) in [(&before, &told), (&told, &changed), (&changed, &after)] {
            assert!(one.check(&issued(other)).is_ok());
            assert!(other.check(&issued(one)).is_ok());
        }
        assert!(
            after.check(&issued(&before)).is_err(),
            "the old one is gone"
        );
        // An answer that was lost in between is given again.
        let lost = before.successor("token");
        assert!(changed.successors("token").any(|again| again == lost));
    }
}
