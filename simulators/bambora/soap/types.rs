//! The types that the two services share. Words stand in the order of the real WSDL: elsewhere a word's position is
//! its number.

use crate::kit::soap::{Choice, Element, Record, Type, optional, required};

pub(super) static TRANSACTION_STATUS: Choice = Choice {
    name: "TransactionStatus",
    words: &[
        "PAYMENT_UNDEFINED",
        "PAYMENT_NEW",
        "PAYMENT_CAPTURED",
        "PAYMENT_DELETED",
        "PAYMENT_INSTANT_CAPTURE_FAILED",
        "PAYMENT_SUBSCRIPTION_INI",
        "PAYMENT_RENEW",
        "PAYMENT_EUROLINE_WAIT_CAPTURE",
        "PAYMENT_EUROLINE_WAIT_CREDIT",
        "PARTLY_TRANSACTION_HIDDEN",
    ],
};

static PAY_MODE: Choice = Choice { name: "PayMode", words: &["MODE_PRODUCTION", "MODE_TEST", "MODE_EPAY"] };

pub(super) static ACQUIRER_TYPE: Choice = Choice {
    name: "AcquirerType",
    words: &[
        "UNKNOWN",
        "PBS",
        "EUROLINE",
        "DANSKE_BANK",
        "NORDEA",
        "EWIRE",
        "SWEDBANK",
        "PAYPAL",
        "BABS_SWEDBANK",
        "MOBILPENGE",
        "KLARNA",
        "SVEA",
        "HANDELSBANKEN",
        "SEB_DIREKT",
        "NORDEA_SE_DIREKT",
        "HANDELSBANKEN_DIREKT",
        "SWEDBANK_DIREKT",
        "IBILL",
        "NEMPAY",
        "IDEAL",
        "OBETUR",
        "EVRY_NORDEA_SE",
        "EVRY_NORDEA_DK",
        "EVRY_NORDEA_NO",
        "EVRY_NORDEA_FI",
        "MERCHANT4T",
        "EVRY_HANDELSBANKEN_SE",
        "EVRY_HANDELSBANKEN_DK",
        "EVRY_HANDELSBANKEN_NO",
        "EVRY_HANDELSBANKEN_FI",
        "EVRY_ELAVON",
        "EVRY_SWEDBANK",
        "EVRY_EUROLINE",
        "EVRY_TELLER",
        "VALITOR",
        "CLEARHAUS",
        "RESURS_BANK",
        "EKSPRES_BANK",
        "SWIPP",
        "MASTERPASS",
        "BAMBORA",
        "EPAY",
    ],
};

pub(super) static CARD_TYPE: Choice = Choice {
    name: "CardType",
    words: &[
        "ALL",
        "DANKORT",
        "VISA_DANKORT",
        "VISA_ELECTRON_FOREIGN",
        "MASTERCARD",
        "MASTERCARD_FOREIGN",
        "VISA_ELECTRON",
        "JCB",
        "DINERS",
        "MAESTRO",
        "AMERICAN_EXPRESS",
        "UNKNOWN",
        "EDK",
        "DINERS_FOREIGN",
        "AMERICAN_EXPRESS_FOREIGN",
        "MAESTRO_FOREIGN",
        "FORBRUGSFORENINGEN",
        "EWIRE",
        "VISA",
        "IKANO",
        "OTHERS",
        "NORDEA_SOLO",
        "DANSKE_BANK",
        "BG_BANK",
        "LIC_MASTERCARD",
        "LIC_MASTERCARD_FOREIGN",
        "PAYPAL",
        "MOBILPENGE",
        "KLARNA",
        "SVEA",
        "SEB_DIREKTBETALNINGAR",
        "NORDEA_SE_DIREKTBETALNING",
        "HANDELSBANKEN_SE_DIREKTBETALNINGAR",
        "SWEDBANK_DIREKTBETALNINGAR",
        "IBILL",
        "NEMPAY",
        "IDEAL",
        "CLEARHAUS",
        "MASTERPASS",
    ],
};

pub(super) static TRANSACTION: Record = Record {
    name: "TransactionInformationType",
    elements: &[
        optional("group", Type::Text),
        required("authamount", Type::Int),
        required("currency", Type::Int),
        required("cardtypeid", Type::Int),
        required("capturedamount", Type::Int),
        required("creditedamount", Type::Int),
        optional("orderid", Type::Text),
        optional("description", Type::Text),
        required("authdate", Type::DateTime),
        required("captureddate", Type::DateTime),
        required("deleteddate", Type::DateTime),
        required("crediteddate", Type::DateTime),
        required("status", Type::Choice(&TRANSACTION_STATUS)),
        optional("history", Type::List(&HISTORY)),
        required("transactionid", Type::Long),
        optional("cardholder", Type::Text),
        required("mode", Type::Choice(&PAY_MODE)),
        required("msc", Type::Boolean),
        required("fraudStatus", Type::Int),
        optional("FraudMessage", Type::Text),
        optional("payerCountryCode", Type::Text),
        optional("issuedCountryCode", Type::Text),
        required("fee", Type::Int),
        required("splitpayment", Type::Boolean),
        required("acquirer", Type::Choice(&ACQUIRER_TYPE)),
        optional("tcardno", Type::Text),
        required("expmonth", Type::Int),
        required("expyear", Type::Int),
    ],
};

static HISTORY: Record = Record {
    name: "TransactionHistoryInfo",
    elements: &[
        required("transactionHistoryID", Type::Long),
        required("logonID", Type::Int),
        optional("username", Type::Text),
        optional("eventMsg", Type::Text),
        required("created", Type::DateTime),
    ],
};

/// The types of its elements are our reading of recorded traffic: no copy of this service's WSDL is public.
pub(super) static SUBSCRIPTION: Record = Record {
    name: "SubscriptionInformationType",
    elements: &[
        required("subscriptionid", Type::Long),
        optional("description", Type::Text),
        required("created", Type::DateTime),
        required("expmonth", Type::Int),
        required("expyear", Type::Int),
        required("cardtypeid", Type::Choice(&CARD_TYPE)),
        optional("transactionList", Type::List(&TRANSACTION)),
    ],
};

/// Elements that many methods have.
pub(super) const MERCHANT: Element = required("merchantnumber", Type::Int);
pub(super) const TRANSACTION_ID: Element = required("transactionid", Type::Long);
pub(super) const SUBSCRIPTION_ID: Element = required("subscriptionid", Type::Long);
pub(super) const AMOUNT: Element = required("amount", Type::Int);
pub(super) const CURRENCY: Element = required("currency", Type::Int);
pub(super) const GROUP: Element = optional("group", Type::Text);
pub(super) const ORDER: Element = optional("orderid", Type::Text);
pub(super) const INVOICE: Element = optional("invoice", Type::Text);
pub(super) const PWD: Element = optional("pwd", Type::Text);
pub(super) const LANGUAGE: Element = required("language", Type::Int);
pub(super) const EPAY: Element = required("epayresponse", Type::Int);
