<?php

const PAYER = ['email', 'firstName', 'lastName', 'contactNumber'];
const OTHERS = ['terminalID', 'amount', 'orderID', 'bankID', 'sortCode', 'accountNumber'];

/** What Fena reads in a token: how it is signed, and each claim with its type. */
function claimsOf(string $token, int $now): array|string
{
    if (!preg_match('/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}$/D', $token)) {
        return 'no token in base64url';
    }
    [$header, $payload, $signature] = explode('.', $token);
    $digest = base64_encode(hash_hmac('sha512', "$header.$payload", MESSAGE['secret'], true));
    $isSigned = rtrim(strtr($digest, '+/', '-_'), '=') === $signature;
    $read = fn ($part) => json_decode(base64_decode(strtr($part, '-_', '+/')), true);
    [$header, $claims] = [$read($header), $read($payload)];
    if (!is_array($header) || !is_array($claims)) {
        return 'no token: it holds no JSON object';
    }
    $told = fn (array $names, callable $said) => array_map(
        fn ($name) => array_key_exists($name, $claims) ? $said($name, $claims[$name]) : 'missing',
        $names
    );
    $same = fn ($name, $value) => json_encode($value);
    $moment = fn ($name, $time) => moment($name, $time, $now);
    $algorithm = $header['alg'] ?? null;
    return [$algorithm, $isSigned, $told(['iat', 'exp'], $moment), $told(OTHERS, $same), $told(PAYER, 'payers')];
}

/** A shop chooses its times itself, so only what they come to counts. */
function moment(string $name, mixed $time, int $now): string
{
    if (!is_int($time) && !is_float($time)) {
        return json_encode($time);
    }
    $unit = $time > 1e11 ? 'milliseconds' : 'seconds';
    $ahead = ($time > 1e11 ? $time / 1000 : $time) - $now;
    return "$unit, " . match (true) {
        $name === 'exp' && $ahead > 0 && $ahead <= 300 => 'later',
        $ahead < -300 => 'long past',
        $ahead <= 300 => 'now',
        $ahead <= 86_400 => 'later',
        default => 'days ahead',
    };
}

/** What is told of the payer is what the shop knows, the beginning of a long text, or nothing. */
function payers(string $name, mixed $text): string
{
    $whole = array_column(MESSAGE['parameters'], 1, 0)[$name] ?? '';
    $length = is_string($text) ? preg_match_all('/./su', $text) : INF;
    if ($length <= 255) {
        $isCut = $name !== 'email' && strlen($whole) > 255 && str_starts_with($whole, $text) && $length >= 63;
        if ($text === '' || $text === $whole || $isCut) {
            return 'left to the shop';
        }
    }
    return json_encode($text);
}
