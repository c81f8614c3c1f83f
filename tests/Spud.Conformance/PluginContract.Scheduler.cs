using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Scheduling;

namespace Spud.Conformance;

/// <summary>Schedulers, in a loop without a model.</summary>
public abstract partial class PluginContract
{
    /// <summary>No step has more rows, sequences or pages than there are; ranks differ; no price is above a job's maximum.</summary>
    [ContractTheory]
    [OfRole(Roles.Scheduler)]
    public void Decisions_keep_to_the_capacity(string component) => SchedulerChecks.Decisions_keep_to_the_capacity(Plugin[Roles.Scheduler, component].CreateScheduler);

    /// <summary>Equal calls in equal order get equal answers.</summary>
    [ContractTheory]
    [OfRole(Roles.Scheduler)]
    public void Decisions_are_deterministic(string component) => SchedulerChecks.Decisions_are_deterministic(Plugin[Roles.Scheduler, component].CreateScheduler);

    /// <summary>While jobs wait, no part of the capacity that they could use is idle.</summary>
    [ContractTheory]
    [OfRole(Roles.Scheduler)]
    public void No_capacity_is_idle_while_jobs_wait(string component) => SchedulerChecks.No_capacity_is_idle_while_jobs_wait(Plugin[Roles.Scheduler, component].CreateScheduler);

    /// <summary>When no more jobs arrive, all that are there end.</summary>
    [ContractTheory]
    [OfRole(Roles.Scheduler)]
    public void Every_job_ends(string component) => SchedulerChecks.Every_job_ends(Plugin[Roles.Scheduler, component].CreateScheduler);

    /// <summary>No jobs, jobs that run already when the scheduler first sees them, and a job that is larger than the capacity.</summary>
    [ContractTheory]
    [OfRole(Roles.Scheduler)]
    public void Odd_input_is_served(string component) => SchedulerChecks.Odd_input_is_served(Plugin[Roles.Scheduler, component].CreateScheduler);

    /// <summary>A call allocates nothing.</summary>
    [ContractTheory]
    [OfRole(Roles.Scheduler)]
    public void A_decision_allocates_nothing(string component) => SchedulerChecks.A_decision_allocates_nothing(Plugin[Roles.Scheduler, component].CreateScheduler);

    /// <summary>A call with 10,000 waiting jobs takes at most 10 ms.</summary>
    [ContractTheory]
    [OfRole(Roles.Scheduler)]
    public void Ten_thousand_jobs_are_decided_about_in_time(string component) => SchedulerChecks.Ten_thousand_jobs_are_decided_about_in_time(Plugin[Roles.Scheduler, component].CreateScheduler);
}
