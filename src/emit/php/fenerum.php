<?php

/** What a part comes to, however it is spelt. */
function said(string $name, mixed $value): mixed
{
    if ($name === 'url') {
        return place($value);
    }
    if (!is_string($value)) {
        return $value;
    }
    return match ($name) {
        'authorization' => preg_replace_callback('/^\S+/', fn ($scheme) => strtolower($scheme[0]), preg_replace('/\s+/', ' ', trim($value))),
        'content-type' => strtolower(trim(explode(';', $value)[0])),
        'email' => strtolower($value),
        default => $value,
    };
}

function fieldsOf(string $body, array $headers): ?array
{
    return object($body);
}

/** Whether the API token stands where it does not belong. */
function strays(array $request, array $headers): bool
{
    unset($headers['authorization']);
    $query = urldecode(explode('?', $request['url'])[1] ?? '');
    $others = [...array_values($headers), $query, $request['body']];
    return array_filter($others, fn ($text) => str_contains($text, MESSAGE['token'])) !== [];
}
