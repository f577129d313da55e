<?php

/** Whether the request is one of those that are meant: each part has its own list. */
function fits(array $reply, array $wanted): bool
{
    if (!isset($reply['answer'])) {
        return isset($reply['rejected']) && $wanted['rejected'];
    }
    $request = $reply['answer'];
    $headers = [];
    foreach ($request['headers'] as [$name, $value]) {
        $name = strtolower($name);
        $headers[$name] = isset($headers[$name]) ? "$headers[$name], " . trim($value) : trim($value);
    }
    $fields = fieldsOf($request['body'], $headers);
    if ($fields === null || strays($request, $headers)) {
        return false;
    }
    $parts = [['method', strtoupper($request['method']), $wanted['method']], ['url', $request['url'], $wanted['url']]];
    foreach ($wanted['headers'] as $name => $values) {
        $parts[] = [$name, $headers[$name] ?? null, $values];
    }
    foreach ($wanted['fields'] as $name => $values) {
        $parts[] = [$name, $fields[$name] ?? null, $values];
    }
    foreach ($parts as [$name, $got, $values]) {
        if (!in_array(said($name, $got), array_map(fn ($value) => said($name, $value), $values), true)) {
            return false;
        }
    }
    return true;
}

/** Where a URL leads, without its query. */
function place(string $url): string
{
    $parts = (parse_url($url) ?: []) + ['scheme' => '', 'host' => '', 'path' => '/'];
    $port = $parts['port'] ?? ['http' => 80, 'https' => 443][$parts['scheme']] ?? 0;
    return "$parts[scheme]://" . strtolower($parts['host']) . ":$port$parts[path]";
}

/** The fields of a JSON object. */
function object(string $body): ?array
{
    // A list would be an array, too.
    return is_object(json_decode($body)) ? json_decode($body, true) : null;
}
