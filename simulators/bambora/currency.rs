//! Currencies: by number, as web services and returns have them, or by letters, as the window takes them too.

/// ISO 4217: letters and number of every currency in use.
const CURRENCIES: &str = "AED 784 AFN 971 ALL 008 AMD 051 ANG 532 AOA 973 ARS 032 AUD 036 AWG 533 AZN 944 BAM 977 \
    BBD 052 BDT 050 BGN 975 BHD 048 BIF 108 BMD 060 BND 096 BOB 068 BRL 986 BSD 044 BTN 064 BWP 072 BYN 933 \
    BZD 084 CAD 124 CDF 976 CHF 756 CLF 990 CLP 152 CNY 156 COP 170 CRC 188 CUP 192 CVE 132 CZK 203 DJF 262 \
    DKK 208 DOP 214 DZD 012 EGP 818 ERN 232 ETB 230 EUR 978 FJD 242 FKP 238 GBP 826 GEL 981 GHS 936 GIP 292 \
    GMD 270 GNF 324 GTQ 320 GYD 328 HKD 344 HNL 340 HTG 332 HUF 348 IDR 360 ILS 376 INR 356 IQD 368 IRR 364 \
    ISK 352 JMD 388 JOD 400 JPY 392 KES 404 KGS 417 KHR 116 KMF 174 KPW 408 KRW 410 KWD 414 KYD 136 KZT 398 \
    LAK 418 LBP 422 LKR 144 LRD 430 LSL 426 LYD 434 MAD 504 MDL 498 MGA 969 MKD 807 MMK 104 MNT 496 MOP 446 \
    MRU 929 MUR 480 MVR 462 MWK 454 MXN 484 MYR 458 MZN 943 NAD 516 NGN 566 NIO 558 NOK 578 NPR 524 NZD 554 \
    OMR 512 PAB 590 PEN 604 PGK 598 PHP 608 PKR 586 PLN 985 PYG 600 QAR 634 RON 946 RSD 941 RUB 643 RWF 646 \
    SAR 682 SBD 090 SCR 690 SDG 938 SEK 752 SGD 702 SHP 654 SLE 925 SOS 706 SRD 968 SSP 728 STN 930 SVC 222 \
    SYP 760 SZL 748 THB 764 TJS 972 TMT 934 TND 788 TOP 776 TRY 949 TTD 780 TWD 901 TZS 834 UAH 980 UGX 800 \
    USD 840 UYU 858 UZS 860 VED 926 VES 928 VND 704 VUV 548 WST 882 XAF 950 XCD 951 XOF 952 XPF 953 YER 886 \
    ZAR 710 ZMW 967 ZWG 924";

/// Those without a smaller unit, and those with three digits of it, as ePay's own plugins count. It is not
/// ISO 4217 everywhere: TTD and CLF differ.
const WHOLE: &[&str] = &[
    "BIF", "CLF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "TTD", "VUV", "XAF", "XOF", "XPF",
];
const THREE_DIGITS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// Every currency: letters and number.
fn all() -> impl Iterator<Item = (&'static str, u16)> {
    let letters = CURRENCIES.split_ascii_whitespace().step_by(2);
    let numbers = CURRENCIES.split_ascii_whitespace().skip(1).step_by(2);
    letters.zip(numbers.filter_map(|number| number.parse().ok()))
}

/// The number of a currency that is named by number or by letters, in any case; `None` where there is none.
#[must_use]
pub fn number(text: &str) -> Option<u16> {
    let by_number = text.parse::<u16>().ok().filter(|_| text.bytes().all(|digit| digit.is_ascii_digit()));
    let known =
        |(letters, number): &(&str, u16)| by_number == Some(*number) || text.eq_ignore_ascii_case(letters);
    all().find(known).map(|(_, number)| number)
}

/// The letters of a currency; empty where there is none.
#[must_use]
pub fn letters(number: u16) -> &'static str {
    all().find(|(_, known)| *known == number).map_or("", |(letters, _)| letters)
}

/// How many digits its smaller unit has.
#[must_use]
pub fn digits(number: u16) -> usize {
    match letters(number) {
        letters if WHOLE.contains(&letters) => 0,
        letters if THREE_DIGITS.contains(&letters) => 3,
        _ => 2,
    }
}

/// An amount as histories write it: `79,00`. That there are no separators of thousands is assumed.
#[must_use]
pub fn shown(minor: i64, currency: u16) -> String {
    let digits = digits(currency);
    let sign = if minor < 0 { "-" } else { "" };
    let padded = format!("{:0width$}", minor.unsigned_abs(), width = digits + 1);
    match padded.split_at(padded.len() - digits) {
        (whole, "") => format!("{sign}{whole}"),
        (whole, rest) => format!("{sign}{whole},{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_named_in_two_ways() {
        for (text, expected) in [
            ("208", Some(208)),
            ("DKK", Some(208)),
            ("dkk", Some(208)),
            ("036", Some(36)),
            ("36", Some(36)),
            ("AUD", Some(36)),
            ("999", None),
            ("", None),
            ("+208", None),
            ("DKKK", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert_eq!(all().count(), CURRENCIES.split_ascii_whitespace().count() / 2);
        assert!(all().all(|(letters, _)| letters.len() == 3));
        assert_eq!((letters(978), letters(1)), ("EUR", ""));
    }

    #[test]
    fn amounts_have_a_danish_comma() {
        for (minor, currency, expected) in [
            (7900, 208, "79,00"),
            (1000, 208, "10,00"),
            (5, 208, "0,05"),
            (0, 208, "0,00"),
            (-5, 208, "-0,05"),
            (123_456_789, 208, "1234567,89"),
            (950, 392, "950"),
            (0, 392, "0"),
            (1234, 414, "1,234"),
        ] {
            assert_eq!(shown(minor, currency), expected);
        }
    }
}
