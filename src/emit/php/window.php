<?php

/**
 * What is not sent as it was given, and whether the hash is of what is sent, in its order. An empty value is as
 * good as none.
 */
function seen(array $answer): array
{
    $sent = array_filter($answer['parameters'], fn ($pair) => $pair[0] !== 'hash');
    $digest = md5(implode('', array_column($sent, 1)) . MESSAGE['md5key']);
    $spelling = [$digest => 'as sent', strtoupper($digest) => 'as sent, in upper case'];
    $hashes = array_filter($answer['parameters'], fn ($pair) => $pair[0] === 'hash');
    $filled = fn (array $pairs) => array_map(
        fn ($pair) => [$pair[0], trim($pair[1])],
        array_filter($pairs, fn ($pair) => $pair[1] !== '')
    );
    [$given, $sent] = [$filled(MESSAGE['parameters']), $filled($sent)];
    $names = [...array_column(MESSAGE['parameters'], 0), 'md5key'];
    $isAdded = fn ($pair) => !in_array($pair[0], $names, true) || $pair[0] === 'cms' && !in_array($pair, $given, true);
    $added = array_filter($sent, $isAdded);
    $kept = array_filter($sent, fn ($pair) => !$isAdded($pair));
    if (in_array('cms', array_column($added, 0), true)) {
        $given = array_filter($given, fn ($pair) => $pair[0] !== 'cms');
    }
    $missing = array_filter($given, fn ($pair) => !in_array($pair, $kept, true));
    $besides = array_filter($kept, fn ($pair) => !in_array($pair, $given, true));
    sort($missing);
    sort($besides);
    $hashes = array_map(fn ($pair) => $spelling[$pair[1]] ?? $pair[1], array_values($hashes));
    return [$hashes, $missing, $besides, $added !== []];
}
