using Spud.Composition;
using Spud.Conformance.Scheduling;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Conformance.Tests;

/// <summary>The suite of schedulers on the built-in one.</summary>
public sealed class FifoTests
{
    [Fact]
    public void Decisions_keep_to_the_capacity() => SchedulerChecks.Decisions_keep_to_the_capacity(Create);

    [Fact]
    public void Decisions_are_deterministic() => SchedulerChecks.Decisions_are_deterministic(Create);

    [Fact]
    public void No_capacity_is_idle_while_jobs_wait() => SchedulerChecks.No_capacity_is_idle_while_jobs_wait(Create);

    [Fact]
    public void Every_job_ends() => SchedulerChecks.Every_job_ends(Create);

    [Fact]
    public void Odd_input_is_served() => SchedulerChecks.Odd_input_is_served(Create);

    [Fact]
    public void A_decision_allocates_nothing() => SchedulerChecks.A_decision_allocates_nothing(Create);

    [Fact]
    public void Ten_thousand_jobs_are_decided_about_in_time() => SchedulerChecks.Ten_thousand_jobs_are_decided_about_in_time(Create);

    private static JobScheduler Create(Action<string> log) => StandaloneScheduler.Create(PluginCatalog.Discover(), "fifo", "{}", log);
}
