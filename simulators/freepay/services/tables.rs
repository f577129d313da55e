//! The services' methods, parameters and types. Names, case and order are a public .NET client's; the old
//! `Capture` and `AuthorizeSubscription` are known by their names alone, and `Credit` by its successor's.

use crate::kit::soap::{Element, Method, Record, Service, Type, optional, required};

const TRANSACTION: Element = required("transactionID", Type::Int);
const SUBSCRIPTION: Element = required("subscriptionID", Type::Int);
const PASSWORD: Element = optional("password", Type::Text);
const AMOUNT: Element = required("amount", Type::Int);
const ORDER: Element = optional("orderID", Type::Text);
/// What most calls carry.
const BY_TRANSACTION: &[Element] = &[TRANSACTION, PASSWORD];

static TRANSACTION_RESULT: Record = Record {
    name: "TransactionResult",
    elements: &[required("AcquirerStatusCode", Type::Int), required("IsSuccess", Type::Boolean)],
};

static TRANSACTION_VIEW: Record = Record {
    name: "TransactionView",
    elements: &[
        required("TransactionID", Type::Int),
        required("MerchantID", Type::Int),
        required("MerchantNumber", Type::Int),
        required("DateCreated", Type::DateTime),
        required("DateAuthorized", Type::DateTime),
        required("DateCaptured", Type::DateTime),
        required("Currency", Type::Int),
        optional("OrderID", Type::Text),
        optional("CardType", Type::Text),
        optional("SourceIP", Type::Text),
        required("AuthorizationAmount", Type::Int),
        required("IsCaptured", Type::Boolean),
        required("CaptureAmount", Type::Int),
        required("CaptureErrorCode", Type::Int),
        required("DateEarliestCapture", Type::DateTime),
        required("IsAwaitingApproval", Type::Boolean),
        optional("PANHash", Type::Text),
        optional("Acquirer", Type::Text),
    ],
};

static AUTHORIZATION_RESULT: Record = Record {
    name: "AuthorizationResult",
    elements: &[
        required("IsSuccess", Type::Boolean),
        required("TransactionID", Type::Int),
        required("ErrorCode", Type::Int),
    ],
};

static SUBSCRIPTION_VIEW: Record = Record {
    name: "SubscriptionView",
    elements: &[
        required("SubscriptionID", Type::Int),
        required("MerchantID", Type::Int),
        required("MerchantNumber", Type::Int),
        required("DateCreated", Type::DateTime),
        required("Currency", Type::Int),
        optional("OrderID", Type::Text),
        optional("CardType", Type::Text),
        optional("SourceIP", Type::Text),
        optional("PANHash", Type::Text),
        required("ExpiryDate", Type::DateTime),
        optional("Acquirer", Type::Text),
    ],
};

/// A method that answers something.
const fn answering(
    name: &'static str,
    does: &'static str,
    request: &'static [Element],
    response: &'static [Element],
) -> Method {
    Method { name, does, request, response }
}

/// A method that answers nothing.
const fn silent(name: &'static str, does: &'static str, request: &'static [Element]) -> Method {
    Method { name, does, request, response: &[] }
}

/// `management.asmx`.
pub(super) static MANAGEMENT: Service = Service {
    name: "Management",
    namespace: "http://gw.freepay.dk/WebServices/Public/Management",
    methods: &[
        silent(
            "ApproveTransaction",
            "Lets a transaction be captured again that was withheld.",
            BY_TRANSACTION,
        ),
        answering(
            "Capture",
            "Captures a transaction: draws its capture amount.",
            BY_TRANSACTION,
            &[optional("CaptureResult", Type::Record(&TRANSACTION_RESULT))],
        ),
        answering(
            "CaptureV2",
            "Captures a transaction: draws its capture amount.",
            BY_TRANSACTION,
            &[optional("CaptureV2Result", Type::Record(&TRANSACTION_RESULT))],
        ),
        silent(
            "ChangeCaptureAmount",
            "Changes what a capture will draw: minor units, not above what was authorised.",
            &[TRANSACTION, PASSWORD, AMOUNT],
        ),
        answering(
            "Credit",
            "Gives money of a captured transaction back.",
            &[TRANSACTION, PASSWORD, AMOUNT],
            &[optional("CreditResult", Type::Record(&TRANSACTION_RESULT))],
        ),
        answering(
            "CreditV2",
            "Gives money of a captured transaction back.",
            &[TRANSACTION, PASSWORD, AMOUNT],
            &[optional("CreditV2Result", Type::Record(&TRANSACTION_RESULT))],
        ),
        silent("DeleteTransaction", "Deletes a transaction that was not captured.", BY_TRANSACTION),
        answering(
            "QueryTransaction",
            "Tells everything about a transaction.",
            BY_TRANSACTION,
            &[optional("QueryTransactionResult", Type::Record(&TRANSACTION_VIEW))],
        ),
        silent(
            "SetEarliestCapture",
            "Says from when on a transaction may be captured.",
            &[TRANSACTION, PASSWORD, required("earliestCapture", Type::DateTime)],
        ),
        silent(
            "WithholdForApproval",
            "Keeps a transaction from being captured until it is approved.",
            BY_TRANSACTION,
        ),
    ],
    http: true,
    any_case: true,
};

/// `subscriptionmanager.asmx`.
pub(super) static SUBSCRIPTION_MANAGER: Service = Service {
    name: "SubscriptionManager",
    namespace: "http://gw.freepay.dk/WebServices/Public/SubscriptionManager",
    methods: &[
        answering(
            "AuthorizeSubscription",
            "Old; use AuthorizeSubscription2. Authorises a payment from a subscription's card.",
            &[SUBSCRIPTION, PASSWORD, AMOUNT, ORDER],
            &[required("AuthorizeSubscriptionResult", Type::Int)],
        ),
        answering(
            "AuthorizeSubscription2",
            "Authorises a payment from a subscription's card, in the subscription's currency.",
            &[SUBSCRIPTION, PASSWORD, AMOUNT, ORDER],
            &[optional("AuthorizeSubscription2Result", Type::Record(&AUTHORIZATION_RESULT))],
        ),
        answering(
            "AuthorizeSubscription3",
            "Authorises a payment from a subscription's card, in any currency.",
            &[SUBSCRIPTION, PASSWORD, AMOUNT, ORDER, required("currency", Type::Int)],
            &[optional("AuthorizeSubscription3Result", Type::Record(&AUTHORIZATION_RESULT))],
        ),
        answering(
            "QuerySubscription",
            "Tells everything about a subscription.",
            &[SUBSCRIPTION, PASSWORD],
            &[optional("QuerySubscriptionResult", Type::Record(&SUBSCRIPTION_VIEW))],
        ),
    ],
    http: true,
    any_case: true,
};
