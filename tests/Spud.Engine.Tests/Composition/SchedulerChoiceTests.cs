using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Generation;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>A pipeline names its scheduler like a component, and it is none of the forward pass.</summary>
public sealed class SchedulerChoiceTests
{
    [Theory]
    [InlineData("scheduler=fifo")]
    [InlineData("scheduler.use=fifo")]
    [InlineData("scheduler={}")]
    public void Fifo_needs_no_plugin(string edit)
    {
        using JobScheduler scheduler = ChosenScheduler.Choose(PipelineDocument.Load(null, [edit]).Scheduler, PluginCatalog.Discover(), new FaultList()).Create(null);
        Assert.Equal("fifo", scheduler.Name);
    }

    [Theory]
    [InlineData("scheduler=auktion", "no plugin offers scheduler 'auktion'. Known: none. 'fifo' is built in.")]
    [InlineData("""scheduler={"use":"fifo","depth":3}""", "$.scheduler.depth is not an option of scheduler 'fifo'")]
    public void What_is_unknown_is_refused(string edit, string expected)
    {
        FaultList faults = new();
        ChosenScheduler.Choose(PipelineDocument.Load(null, [edit]).Scheduler, PluginCatalog.Discover(), faults);
        Assert.Contains(expected, Assert.Single(faults.InOrder()).Message);
    }

    [Theory]
    [InlineData("scheduler=3", "$.scheduler must be a scheduler's name or an object with 'use', got 3.")]
    [InlineData("""scheduler={"use":"fifo","layers":"0-3"}""", "$.scheduler.layers has no place here: a scheduler serves jobs, not layers.")]
    public void An_entry_of_the_wrong_form_is_refused(string edit, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => PipelineDocument.Load(null, [edit])).Message);

    [Fact]
    public void A_job_says_what_is_wrong_with_its_terms()
    {
        new JobTerms { Lane = JobLane.Spot, BidPerCu = 0.5m }.Require();
        Assert.Contains("Job.BidPerCu", Assert.Throws<ArgumentException>(() => new JobTerms { BidPerCu = 1 }.Require()).Message);
        Assert.Contains("got -1", Assert.Throws<ArgumentException>(() => new JobTerms { Lane = JobLane.Spot, BidPerCu = -1 }.Require()).Message);
        Assert.Contains("Job.Tier", Assert.Throws<ArgumentException>(() => new JobTerms { Tier = 4 }.Require()).Message);
        Assert.Contains("Job.Weight", Assert.Throws<ArgumentException>(() => new JobTerms { Weight = double.NaN }.Require()).Message);
        Assert.Contains("both", Assert.Throws<ArgumentException>(() => new JobTerms { Lane = JobLane.Spot, BidPerCu = 1, QuotePerCu = 1 }.Require()).Message);
        Assert.Equal(1_999_999_999, JobTerms.NanosOf(1.9999999999m));
    }
}
