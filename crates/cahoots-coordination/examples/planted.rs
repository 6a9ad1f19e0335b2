//! Writes a table of made-up shares with planted groups, as CSV with CooRTweet's column names.
//!
//! `planted ROWS [SEED] [HOT]`: HOT is the part of all shares that go to one object. With
//! `--messages`, the columns are those of the Coordination Network Toolkit. With `--members`, the
//! planted groups instead of the shares. With `--small`, the table in `examples/shares`: two groups
//! of five, that push links of their own and links that others share, among 1,200 other shares.

use std::io::{BufWriter, Write};

use cahoots_coordination::planted::{Group, Plan};

fn main() -> std::io::Result<()> {
    let (flags, plain): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let number = |at: usize| plain.get(at).and_then(|text| text.parse::<f64>().ok());
    let rows = number(0).unwrap_or(100_000.0) as u64;
    let seed = number(1).unwrap_or(1.0) as u64;
    let plan = match flags.iter().any(|flag| flag == "--small") {
        true => small(seed),
        false => Plan { hot: number(2).unwrap_or(0.0), ..Plan::of_size(rows, seed) },
    };
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    if flags.iter().any(|flag| flag == "--members") {
        writeln!(out, "group,account_id")?;
        for (group, members) in plan.members().iter().enumerate() {
            for account in members {
                writeln!(out, "{group},a{}", account.0)?;
            }
        }
        return out.flush();
    }
    let messages = flags.iter().any(|flag| flag == "--messages");
    if messages {
        writeln!(out, "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls")?;
    } else {
        writeln!(out, "object_id,account_id,content_id,timestamp_share")?;
    }
    for (row, share) in plan.rows().enumerate() {
        let (object, account) = (share.object.0, share.account.0);
        let seconds = share.micros / 1_000_000;
        if messages {
            writeln!(out, "c{row},a{account},a{account},,,m,{seconds},u{object}")?;
        } else {
            writeln!(out, "u{object},a{account},c{row},{seconds}")?;
        }
    }
    out.flush()
}

fn small(seed: u64) -> Plan {
    let group = |own| Group { members: 5, objects: 12, participation: 0.8, jitter: 20, own };
    Plan {
        organic: 1_200,
        accounts: 150,
        objects: 90,
        days: 14,
        groups: vec![group(1.0), group(0.25)],
        seed,
        ..Plan::default()
    }
}
