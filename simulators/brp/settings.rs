//! BRP's open questions, and what its support sets up, as settings of a workspace.

use crate::kit::provider::Provenance;
use crate::kit::settings::{Allowed, ON_OFF, Setting};

pub(super) static SETTINGS: &[Setting] = &[
    Setting::new(
        "brp.account_min_age",
        "18",
        Allowed::Number,
        "how old a customer must be for a customer account, in years; younger is 501",
        Provenance::assumed("the text of code 501 speaks of an age, and does not say which"),
    ),
    Setting::new(
        "brp.avtalegiro_note",
        "off",
        ON_OFF,
        "whether receipt mails ask for the registration of an AvtaleGiro that a product needs",
        Provenance::documented("section Notis om registrering av AvtaleGiro-medgivande: off by default"),
    ),
    Setting::new(
        "brp.bad_hash",
        "redirect",
        Allowed::Words(&["page", "redirect"]),
        "where a wrong hash is told: back to the shop with error=400, or on a page",
        Provenance::assumed(
            "400 stands among the codes that are returned; whether BRP sends payers on after a wrong hash is open",
        ),
    ),
    Setting::new(
        "brp.decline_code",
        "201",
        Allowed::Words(&["201", "205"]),
        "which code a declined payment returns with",
        Provenance::assumed("the document gives 201 for what failed and 205 for what the customer cancelled"),
    ),
    Setting::new(
        "brp.electronic_signing",
        "off",
        ON_OFF,
        "whether receipt mails ask for the signature that a product needs",
        Provenance::assumed(
            "section Notis om signering av elektroniskt avtal: it comes with electronic signing, whose default is not told",
        ),
    ),
    Setting::new(
        "brp.provider_max_minor",
        "10000000",
        Allowed::Number,
        "the most, in öre, that the payment provider takes; more is 200",
        Provenance::assumed("our judgement: every provider has a limit"),
    ),
    Setting::new(
        "brp.receipt_copy_to",
        "",
        Allowed::Email,
        "an address that gets a copy of every receipt; empty for none",
        Provenance::documented("section Kvitto via e-post: the setting Skickat kvittokopia till"),
    ),
    Setting::new(
        "brp.receipt_mail",
        "off",
        ON_OFF,
        "whether receipts go to the customer by e-mail; then a customer without an address gets 106",
        Provenance::documented("section Kvitto via e-post: off by default"),
    ),
    Setting::new(
        "brp.requires_method",
        "off",
        ON_OFF,
        "whether a link without paymentmethodid gets 10",
        Provenance::documented("paymentmethodid is optional, and 10 names its absence"),
    ),
    Setting::new(
        "brp.return_orderid",
        "off",
        ON_OFF,
        "whether the return carries orderid too",
        Provenance::documented("step 8 of the flow names it, the endpoint's return does not"),
    ),
    Setting::new(
        "brp.returnurl_invoice",
        "",
        Allowed::Url,
        "where payforinvoice sends the payer without a returnurl; empty for the alert page",
        Provenance::documented("the setting Retur-url för betalning av faktura via kortmedgivande"),
    ),
    Setting::new(
        "brp.returnurl_mandate",
        "",
        Allowed::Url,
        "where creatercpmandate sends the payer without a returnurl; empty for the alert page",
        Provenance::documented("the setting Retur-url för uppdatering/skapande av kortmedgivande"),
    ),
    Setting::new(
        "brp.swish_alias",
        "lenient",
        Allowed::Words(&["lenient", "swedish"]),
        "which payeralias is taken: any 8 to 15 digits, or Swedish mobile numbers alone",
        Provenance::assumed("the document's own sample has a digit too many for a Swedish mobile number"),
    ),
    Setting::new(
        "brp.swish_open_request",
        "allow",
        Allowed::Words(&["allow", "refuse"]),
        "whether a payer with an open Swish request can begin another; if not, Swish's RP06, which is 201",
        Provenance::assumed("Swish documents RP06; that BRP does not cancel the earlier request is open"),
    ),
    Setting::new(
        "brp.zero_order",
        "receipt",
        Allowed::Words(&["error102", "receipt"]),
        "what an order of 0 kr without a recurring product gets: a receipt at once, or 102",
        Provenance::documented("step 2 of the flow allows 0; code 102 names zero"),
    ),
];
