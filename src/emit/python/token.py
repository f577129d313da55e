def seen(answer, now):
    return claims_of(answer["token"], now)
