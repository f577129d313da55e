<?php

/** Whether each part of what is sent is as in one of these answers. */
function fits(array $reply, array $answers): bool
{
    if (!isset($reply['answer'])) {
        return false;
    }
    $others = array_map(fn ($other) => seen($other['answer']), $answers);
    foreach (seen($reply['answer']) as $part => $sent) {
        if (!in_array($sent, array_column($others, $part), true)) {
            return false;
        }
    }
    return true;
}

/**
 * What is sent under each name that was given, what is added, and whether the hash is of all that is sent, in its
 * order. An empty value is as good as none.
 */
function seen(array $answer): array
{
    $sent = array_filter($answer['parameters'], fn ($pair) => $pair[0] !== 'hash');
    $digest = md5(implode('', array_column($sent, 1)) . MESSAGE['md5key']);
    $spelling = [$digest => 'as sent', strtoupper($digest) => 'as sent, in upper case'];
    $values = function (array $pairs, string $name): array {
        $named = array_filter($pairs, fn ($pair) => $pair[0] === $name && $pair[1] !== '');
        $values = array_map('trim', array_column($named, 1));
        sort($values, SORT_STRING);
        return $values;
    };
    $names = [...array_column(MESSAGE['parameters'], 0), 'md5key'];
    // The shop's own version is its own affair.
    $isOwn = array_diff($values($sent, 'cms'), $values(MESSAGE['parameters'], 'cms')) !== [];
    $added = array_filter($sent, fn ($pair) => $pair[1] !== '' && !in_array($pair[0], $names, true));
    $parts = array_combine($names, array_map(fn ($name) => $values($sent, $name), $names));
    $parts['cms'] = $values($isOwn ? MESSAGE['parameters'] : $sent, 'cms');
    $parts['added'] = $isOwn || $added !== [];
    $parts['hash'] = array_map(fn ($value) => $spelling[$value] ?? $value, $values($answer['parameters'], 'hash'));
    return $parts;
}
