//! Passwords: hashed with Argon2id, never kept.

use anyhow::{Result, anyhow, bail};
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

/// Characters a password must have.
const SHORTEST: usize = 12;
/// Bytes of a password that are looked at: nobody may make the server hash a novel.
const LONGEST: usize = 1_024;

/// 19 MiB and two passes: what OWASP asks for at least.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| anyhow!("{error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password, in the PHC string format.
///
/// # Errors
/// When the password is too short or too long, or there is no randomness.
pub fn hash(password: &str) -> Result<String> {
    if password.chars().count() < SHORTEST {
        bail!("a password needs at least {SHORTEST} characters; four random words are good");
    }
    if password.len() > LONGEST {
        bail!("a password has at most {LONGEST} bytes");
    }
    let mut salt = [0u8; 16];
    getrandom::fill(&mut salt).map_err(|error| anyhow!("no randomness: {error}"))?;
    let hash = argon2()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| anyhow!("the password cannot be hashed: {error}"))?;
    Ok(hash.to_string())
}

/// Whether a password is the one with this hash. Without a hash it takes as long and is not: the
/// time tells nobody which names there are.
pub fn is_right(password: &str, hash: Option<&str>) -> bool {
    if password.len() > LONGEST {
        return false;
    }
    let Ok(argon2) = argon2() else { return false };
    let Some(hash) = hash.and_then(|hash| PasswordHash::new(hash).ok()) else {
        let _ = argon2.hash_password_with_salt(password.as_bytes(), &[7; 16]);
        return false;
    };
    argon2.verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_is_right() {
        let hash = super::hash("four random words are good").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_right("four random words are good", Some(&hash)));
        assert!(!is_right("four random words are bad!", Some(&hash)));
        assert!(!is_right("four random words are good", None));
        assert!(!is_right("four random words are good", Some("not a hash")));
        assert!(super::hash("short").is_err());
        assert!(super::hash(&"x".repeat(2_000)).is_err());
    }
}
