using System.Text.Json.Serialization;

namespace Reference;

/// <summary>What a component may do wrong on purpose, so that a test can show that the conformance kit sees it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Fault>))]
internal enum Fault
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Attention: a row sees the token after it.</summary>
    [JsonStringEnumMemberName("forgets-causality")]
    ForgetsCausality,

    /// <summary>Attention: the last key of a full page is not read.</summary>
    [JsonStringEnumMemberName("loses-page-borders")]
    LosesPageBorders,

    /// <summary>Attention and decorator: a fold begins anew instead of adding to the state.</summary>
    [JsonStringEnumMemberName("forgets-state")]
    ForgetsState,

    /// <summary>Attention: positions are counted from a run's first, not read from the pages.</summary>
    [JsonStringEnumMemberName("assumes-no-gaps")]
    AssumesNoGaps,

    /// <summary>Attention: a row's position is counted from its sequence's first, though the offer says that any positions are read.</summary>
    [JsonStringEnumMemberName("assumes-consecutive-rows")]
    AssumesConsecutiveRows,

    /// <summary>Attention: every sequence reads the keys of the first.</summary>
    [JsonStringEnumMemberName("reads-one-sequence")]
    ReadsOneSequence,

    /// <summary>Attention: every KV head reads the keys of the first.</summary>
    [JsonStringEnumMemberName("reads-one-head")]
    ReadsOneHead,

    /// <summary>Decorator: the keys of the last shard are not folded.</summary>
    [JsonStringEnumMemberName("forgets-a-shard")]
    ForgetsAShard,

    /// <summary>Decorator: the states of the shards are added as they are, each with its own maximum.</summary>
    [JsonStringEnumMemberName("adds-states-unscaled")]
    AddsStatesUnscaled,

    /// <summary>Every role: window, sinks, renormalisation and shared expert are known by name and not computed.</summary>
    [JsonStringEnumMemberName("ignores-traits")]
    IgnoresTraits,

    /// <summary>Attention and experts: the output is replaced, not added to.</summary>
    [JsonStringEnumMemberName("overwrites-output")]
    OverwritesOutput,

    /// <summary>Experts: the input is read again after the first add.</summary>
    [JsonStringEnumMemberName("reads-late")]
    ReadsLate,

    /// <summary>Experts: a row without an entry in the plan gets no shared expert either.</summary>
    [JsonStringEnumMemberName("skips-empty-rows")]
    SkipsEmptyRows,

    /// <summary>Experts: a plan that nobody checked is followed.</summary>
    [JsonStringEnumMemberName("trusts-any-plan")]
    TrustsAnyPlan,

    /// <summary>Router: an expert stands twice in a row.</summary>
    [JsonStringEnumMemberName("names-twice")]
    NamesTwice,

    /// <summary>Router: a row of little effort gets no expert.</summary>
    [JsonStringEnumMemberName("names-none")]
    NamesNone,

    /// <summary>Head: logits are those of the first rows.</summary>
    [JsonStringEnumMemberName("reads-first-rows")]
    ReadsFirstRows,

    /// <summary>Head: rows behind the final norm are those before it.</summary>
    [JsonStringEnumMemberName("skips-norm")]
    SkipsNorm,

    /// <summary>Head: logits have 8 bits.</summary>
    [JsonStringEnumMemberName("rounds-to-bf16")]
    RoundsToBF16,

    /// <summary>Head: one number is written behind the embedding.</summary>
    [JsonStringEnumMemberName("writes-outside")]
    WritesOutside,

    /// <summary>Head: one number is written before the embedding.</summary>
    [JsonStringEnumMemberName("writes-before")]
    WritesBefore,

    /// <summary>Head: the hidden rows are changed.</summary>
    [JsonStringEnumMemberName("changes-input")]
    ChangesInput,

    /// <summary>Head: what it computes depends on the calls before.</summary>
    [JsonStringEnumMemberName("keeps-state")]
    KeepsState,

    /// <summary>Head: it reads what a workspace held from the call before.</summary>
    [JsonStringEnumMemberName("uses-workspace")]
    UsesWorkspace,

    /// <summary>Head: the last bits are random.</summary>
    [JsonStringEnumMemberName("is-random")]
    IsRandom,

    /// <summary>Head: the result depends on the number of threads.</summary>
    [JsonStringEnumMemberName("depends-on-threads")]
    DependsOnThreads,

    /// <summary>Head: a row's result depends on the other rows.</summary>
    [JsonStringEnumMemberName("depends-on-company")]
    DependsOnCompany,

    /// <summary>Head: wrong shapes are passed over in silence.</summary>
    [JsonStringEnumMemberName("takes-any-shape")]
    TakesAnyShape,

    /// <summary>Head: two instances share what they compute with.</summary>
    [JsonStringEnumMemberName("shares-scratch")]
    SharesScratch,

    /// <summary>Head, cache and scheduler: managed memory is allocated in every call.</summary>
    [JsonStringEnumMemberName("allocates")]
    Allocates,

    /// <summary>Head: likewise, on the pool's threads.</summary>
    [JsonStringEnumMemberName("allocates-on-workers")]
    AllocatesOnWorkers,

    /// <summary>Head: a missing weight is reported as something else.</summary>
    [JsonStringEnumMemberName("hides-refusals")]
    HidesRefusals,

    /// <summary>Head: after a build that failed the next one goes wrong.</summary>
    [JsonStringEnumMemberName("stays-half-built")]
    StaysHalfBuilt,

    /// <summary>Head: it cannot be disposed.</summary>
    [JsonStringEnumMemberName("fails-to-go")]
    FailsToGo,

    /// <summary>Head: it relies on every step being completed.</summary>
    [JsonStringEnumMemberName("counts-calls")]
    CountsCalls,

    /// <summary>Head: a domain of its own, of the same name as the others'.</summary>
    [JsonStringEnumMemberName("has-own-domain")]
    HasOwnDomain,

    /// <summary>Router: what a text has used is kept in the router, which counts repeated steps twice and knows no forks.</summary>
    [JsonStringEnumMemberName("keeps-sums-itself")]
    KeepsSumsItself,

    /// <summary>Cache: what was observed is kept in the policy, whatever text it was of and whether it was committed.</summary>
    [JsonStringEnumMemberName("notes-for-itself")]
    NotesForItself,

    /// <summary>Attention: every key has the same mass.</summary>
    [JsonStringEnumMemberName("spreads-mass")]
    SpreadsMass,

    /// <summary>Attention: what earlier folds left is not part of the probabilities.</summary>
    [JsonStringEnumMemberName("forgets-sum")]
    ForgetsSum,

    /// <summary>Cache: half a window is forgotten.</summary>
    [JsonStringEnumMemberName("drops-too-much")]
    DropsTooMuch,

    /// <summary>Cache: all but the last token is forgotten, and the offer does not promise that a row sees the same keys in any company.</summary>
    [JsonStringEnumMemberName("keeps-last-only")]
    KeepsLastOnly,

    /// <summary>Cache: more is kept than was promised.</summary>
    [JsonStringEnumMemberName("keeps-too-much")]
    KeepsTooMuch,

    /// <summary>Cache: keys are dropped that a run does not have.</summary>
    [JsonStringEnumMemberName("drops-what-is-not-there")]
    DropsWhatIsNotThere,

    /// <summary>Cache: keys go into a later pool newest first.</summary>
    [JsonStringEnumMemberName("moves-newest-first")]
    MovesNewestFirst,

    /// <summary>Cache: pages of no token.</summary>
    [JsonStringEnumMemberName("has-no-layout")]
    HasNoLayout,

    /// <summary>Scheduler: a step gets more rows than it has.</summary>
    [JsonStringEnumMemberName("takes-too-many-rows")]
    TakesTooManyRows,

    /// <summary>Scheduler: one job runs, and all others wait for its end.</summary>
    [JsonStringEnumMemberName("runs-one-job")]
    RunsOneJob,

    /// <summary>Scheduler: an account is never served.</summary>
    [JsonStringEnumMemberName("starves")]
    Starves,

    /// <summary>Scheduler: whether a job is admitted is drawn by lot.</summary>
    [JsonStringEnumMemberName("decides-at-random")]
    DecidesAtRandom,

    /// <summary>Scheduler: it relies on there being a job.</summary>
    [JsonStringEnumMemberName("expects-jobs")]
    ExpectsJobs,

    /// <summary>Device: memory is not zeroed.</summary>
    [JsonStringEnumMemberName("leaves-memory-dirty")]
    LeavesMemoryDirty,

    /// <summary>Device: a host source is read when somebody waits.</summary>
    [JsonStringEnumMemberName("reads-sources-late")]
    ReadsSourcesLate,

    /// <summary>Device: the last row of an append is left out.</summary>
    [JsonStringEnumMemberName("forgets-rows")]
    ForgetsRows,

    /// <summary>Device: copies between other shapes are not refused.</summary>
    [JsonStringEnumMemberName("copies-any-shape")]
    CopiesAnyShape,

    /// <summary>Drafter: it proposes an id that the vocabulary does not have.</summary>
    [JsonStringEnumMemberName("makes-up-tokens")]
    MakesUpTokens,

    /// <summary>Drafter: it keeps what it was shown first, though the text went back.</summary>
    [JsonStringEnumMemberName("keeps-old-text")]
    KeepsOldText,

    /// <summary>Drafter: it proposes more tokens than were asked for.</summary>
    [JsonStringEnumMemberName("drafts-too-much")]
    DraftsTooMuch,

    /// <summary>Drafter: its distributions do not add up to 1.</summary>
    [JsonStringEnumMemberName("loses-probability")]
    LosesProbability,

    /// <summary>Depth: it leaves out a layer that it was not to act at.</summary>
    [JsonStringEnumMemberName("leaves-out-others")]
    LeavesOutOthers,

    /// <summary>Depth: rows leave behind layers that it was not to act at.</summary>
    [JsonStringEnumMemberName("leaves-elsewhere")]
    LeavesElsewhere,

    /// <summary>Depth: what it costs is below 0.</summary>
    [JsonStringEnumMemberName("is-paid-for-leaving")]
    IsPaidForLeaving,

    /// <summary>Depth: whether a row leaves depends on the row before it.</summary>
    [JsonStringEnumMemberName("compares-rows")]
    ComparesRows,

    /// <summary>Depth: a decision changes a row.</summary>
    [JsonStringEnumMemberName("changes-rows")]
    ChangesRows,

    /// <summary>Depth: what becomes of a row depends on how many others leave.</summary>
    [JsonStringEnumMemberName("finishes-together")]
    FinishesTogether,
}
