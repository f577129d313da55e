<?php

try {
    $reply = ask(MESSAGE);
} catch (Throwable $error) {
    fwrite(STDERR, "there is no answer: {$error->getMessage()}\n");
    exit(1);
}
$shown = fn ($value) => json_encode($value, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
if (#not#fits($reply, #NAME#)) {
    echo "ok: #case#\n";
    exit(0);
}
fwrite(STDERR, "not ok: #case#\nyou answered {$shown($reply)}\n#is# {$shown(#NAME#)}\n");
exit(1);
