# The instants ahead at which demand and supply are compared, and the tuned constants.

cdef enum:
    AHEAD = 12  # instants ahead; a multiple of 4, so that loops over them have no remainder
    TICKS = 256  # ticks of age that an attempt is followed for
    EXACT = 110  # so many coins are convolved exactly, more are taken as normal

cdef double TICK = 0.25  # seconds of one tick of an attempt's age
cdef double[AHEAD] INSTANT  # seconds ahead
INSTANT[:] = [0.5, 1.5, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 16.0, 20.0, 25.0, 30.0]

cdef struct Tuning:
    double reach  # seconds after its answer in which one more call may cost another its agent
    double memory  # seconds between changes of the answer rate
    double doubt  # attempts that the prior of the answer rate is worth
    double rate  # the prior of the answer rate
    double shape_weight  # observations that the fitted curve of a duration is worth
    double slack_share  # of agents: the slack at which the price is whole
    double slack_least  # calls: the least of it
    double slack_most  # calls: the most of it
    double drift  # step of kappa, per answer
    double kappa  # its first value
    double bend  # power of the rise of the price with slack
    double luxury  # the price with slack without end, in whole prices
    double pending  # of a person who waits beyond the agents: how much of an abandoned call it counts
    double spare1
    double caution  # standard deviations of the answer rate that are added to it
    double fresh_weight  # persons that the prior of a changed answer rate is worth
