<?php

/** Starts the adapter, greets it, and puts the request to it. */
function ask(array $message): array
{
    $adapter = proc_open(COMMAND, [['pipe', 'r'], ['pipe', 'w']], $pipes);
    $put = function (array $request) use ($pipes): array {
        fwrite($pipes[0], json_encode($request) . "\n");
        $line = '';
        $end = microtime(true) + 15;
        while (!str_ends_with($line, "\n")) {
            [$ready, $none, $nothing] = [[$pipes[1]], null, null];
            $wait = max(0, (int) ceil($end - microtime(true)));
            $came = stream_select($ready, $none, $nothing, $wait) ? fgets($pipes[1]) : false;
            if ($came === false) {
                throw new RuntimeException('the adapter ended, or did not answer within 15 seconds');
            }
            $line .= $came;
        }
        return json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    };
    try {
        $hello = $put(['id' => 0, 'op' => 'hello', 'protocol' => 1])['answer'];
        #clock#
        return $put(['id' => 1, 'op' => OPERATION] + $message);
    } finally {
        proc_terminate($adapter, 9);
    }
}
