//! Exposure against made-up worlds in which it is known who was told.

#[path = "../examples/exposure_spread/world.rs"]
mod world;

use world::{Score, Settings, make, score};

fn run(hidden: u32, lost: u32) -> Score {
    let mut sum = Score::default();
    for seed in 0..12 {
        let settings = Settings { people: 40, messages: 300, hidden, lost };
        sum.add(&score(&make(settings, seed)).0);
    }
    sum
}

#[test]
fn nobody_is_said_to_have_been_told_who_was_not() {
    for hidden in [0, 30, 60, 90] {
        let sum = run(hidden, 0);
        assert_eq!((sum.never_told, sum.never_had), ([0; 6], [0; 6]), "{hidden} % hidden");
        assert_eq!((sum.too_early, sum.never_acted), (0, 0), "{hidden} % hidden");
        assert!(sum.listed.iter().sum::<u64>() * 10 > sum.told * 3, "the test must find some");
    }
}

#[test]
fn without_hidden_archives_everybody_is_found() {
    let sum = run(0, 0);
    assert_eq!(sum.listed.iter().sum::<u64>(), sum.told);
    assert_eq!(sum.listed[2], 0, "every addressee's archive shows delivery");
}

#[test]
fn a_lost_letter_never_reaches_the_grades_that_say_it_arrived() {
    let sum = run(40, 15);
    assert_eq!((sum.never_told, sum.too_early), ([0; 6], 0));
    assert_eq!((sum.never_had[0], sum.never_had[1]), (0, 0));
    assert!(sum.never_had[2] > 0, "grade 3 says addressed, and some of that was lost");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let once = || {
        let world = make(Settings { people: 30, messages: 200, hidden: 20, lost: 5 }, 3);
        serde_json::to_string(&score(&world).1).unwrap()
    };
    assert_eq!(once(), once());
}
