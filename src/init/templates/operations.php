<?php

// What provkassa asks, answered by your shop's code: one function for each operation.
//
// Require what the shop itself runs; a copy made for the test proves nothing about the shop. A function returns the
// answer, or throws a Rejection where your code refuses the message, which is often right. Any other exception means
// that something broke. Delete what your shop does not do.
//
// `provkassa adapter --protocol` prints what each operation and each of its fields means.

declare(strict_types=1);

// require __DIR__ . '/../vendor/autoload.php';

const GREETING = [
    'name' => 'my shop',
    'controls_time' => false, // true where your code takes the time from `now`, and does not read the clock
];

const NOT_YET = 'not filled in yet: call your code in operations.php';

function operations(): array
{
    return [
@operations@
    ];
}
