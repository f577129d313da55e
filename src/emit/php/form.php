<?php

const NAMES = ['merchantnumber', 'amount', 'currency', 'orderid', 'accepturl', 'declineurl'];

/**
 * What reaches the payment page. The case of names and other fields do not matter, but the password must be in
 * none of them.
 */
function seen(array $answer): array
{
    $fields = [];
    foreach ($answer['fields'] as [$name, $value]) {
        $name = strtolower($name);
        $fields[$name] = isset($fields[$name]) ? "$fields[$name],$value" : $value;
    }
    $told = array_map(fn ($name) => $fields[$name] ?? null, NAMES);
    if (MESSAGE['makes'] === 'subscription' && isset($fields['amount'])) {
        $told[1] = 'any';
    }
    $param = array_unique(array_filter([$fields['param'] ?? '', $fields['auxparam'] ?? ''], fn ($value) => $value !== ''));
    $known = [...NAMES, 'param', 'auxparam', 'subscription'];
    $others = array_filter($fields, fn ($name) => !in_array($name, $known, true), ARRAY_FILTER_USE_KEY);
    $password = MESSAGE['password'];
    $leaks = array_filter([$answer['action'], ...array_values($others)], fn ($text) => str_contains($text, $password));
    $page = parse_url($answer['action']) + ['path' => '/'];
    ksort($page);
    return [
        strtoupper(trim($answer['method'])), $page, $told, array_values($param),
        isset($fields['subscription']), $password !== '' && $leaks !== [],
    ];
}
