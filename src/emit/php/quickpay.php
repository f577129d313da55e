<?php

/** What a part comes to, however it is spelt. Of what the shop chooses only the form counts. */
function said(string $name, mixed $value): mixed
{
    if ($name === 'url') {
        return preg_replace('~/$~D', '', place($value));
    }
    if ($name === 'authorization' && is_string($value)) {
        [$scheme, $credentials] = explode(' ', $value, 2) + ['', ''];
        return [strtolower($scheme), trim($credentials)];
    }
    if ($name === 'order_id' && (is_string($value) || is_int($value))) {
        return toldOrder((string) $value);
    }
    if ($name === 'description' && is_string($value) && trim($value) !== '') {
        return 'a text';
    }
    if ($name === 'variables' && ($value === null || is_array($value) && !array_is_list($value))) {
        return str_contains(json_encode($value), MESSAGE['account']);
    }
    return $value;
}

/** Which id it is, the shop chooses, but it should not be the account's alone. */
function toldOrder(string $orderId): bool|string
{
    if (!preg_match('/^[A-Za-z0-9 ._-]{4,20}$/D', $orderId)) {
        return 'an order id that QuickPay refuses';
    }
    $accounts = [MESSAGE['account'], str_replace('-', '', MESSAGE['account'])];
    $parts = [$orderId, preg_replace('/^[A-Za-z]+[_. -]/', '', $orderId)];
    foreach (array_filter($parts, fn ($part) => strlen($part) >= 8) as $part) {
        if (array_filter($accounts, fn ($account) => str_starts_with($account, $part)) !== []) {
            return true;
        }
    }
    return false;
}

/** The fields of a JSON object or of a form, as Content-Type says. */
function fieldsOf(string $body, array $headers): ?array
{
    $media = strtolower(trim(explode(';', $headers['content-type'] ?? '')[0]));
    if ($media === 'application/json') {
        return object($body);
    }
    if ($media !== 'application/x-www-form-urlencoded' || preg_match('/^\s*[{"]/', $body)) {
        return null;
    }
    parse_str($body, $fields);
    return $fields;
}

function strays(array $request, array $headers): bool
{
    return false;
}
