<?php

/** Where the link leads, and its decoded parameters by name; an empty one is as good as none. */
function seen(array $answer): array
{
    [$address, $query] = explode('?', $answer['url'], 2) + ['', ''];
    [$scheme, $rest] = explode('://', $address, 2) + ['', ''];
    $pairs = array_filter(pairs(explode('#', $query)[0]), fn ($pair) => $pair[1] !== '');
    usort($pairs, fn ($one, $other) => strcmp($one[0], $other[0]));
    return [$scheme, preg_replace('~/+~', '/', $rest), $pairs];
}
