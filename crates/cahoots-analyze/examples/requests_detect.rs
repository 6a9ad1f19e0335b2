//! Prints the zones of a message and what it asks: `requests_detect FILE`.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use cahoots_analyze::requests::{detect, zones};

fn main() -> std::io::Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        println!("usage: requests_detect FILE");
        return Ok(());
    };
    let text = std::fs::read_to_string(path)?;
    for zoned in zones(&text) {
        println!("{:?}: {} bytes", zoned.zone, zoned.range.len());
    }
    for asked in detect(&text, None).asked {
        println!(
            "{:.3} {:?} {} ({}): {}",
            asked.score,
            asked.bucket,
            asked.kind.as_str(),
            serde_json::to_string(&asked.kind_basis)?,
            asked.sentence
        );
        println!("      {}", serde_json::to_string(&asked.reason)?);
    }
    Ok(())
}
