using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Attention.Ring.Tests.Mpi;

/// <summary>Ranks, which are processes under mpirun, that are killed, stopped or left alone. Most of these tests wait for a timeout, beside the others.</summary>
public sealed class LostRankTests
{
    /// <summary>A rank that is stopped answers no more: the request ends with its name, and the job ends.</summary>
    [Fact]
    public void A_rank_that_does_not_answer_ends_the_request_with_one_error()
    {
        using TempFolder folder = new();
        using MpiJob job = MpiJob.Start(2, [MpiJob.Spud, .. MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""blockTokens":8,"timeoutSeconds":20"""), maxTokens: 4000)]);
        Signal("STOP", Serving(job, folder));
        (int code, _, string error) = job.End();
        Assert.Equal(1, code);
        Assert.Matches(@"error: attention 'backend.cpu/cpu' failed in layer \d+: ring rank 1 is lost: it has not answered for 20 seconds \(timeoutSeconds\)\. What it kept is gone\. Start all ranks again\.", error);
        Assert.Single(Regex.Matches(error, "^error: ", RegexOptions.Multiline));
    }

    /// <summary>Open MPI ends a job whose process was killed, and says which.</summary>
    [Fact]
    public void A_rank_that_is_killed_ends_the_job()
    {
        using TempFolder folder = new();
        using MpiJob job = MpiJob.Start(2, [MpiJob.Spud, .. MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""blockTokens":8"""), maxTokens: 4000)]);
        Signal("KILL", Serving(job, folder));
        (int code, _, string error) = job.End();
        Assert.NotEqual(0, code);
        Assert.Contains("rank 1", error, StringComparison.Ordinal);
    }

    /// <summary>With --enable-recovery, mpirun goes on without the rank: the request ends with its name, and nothing waits for it for ever.</summary>
    [Fact]
    public void A_rank_that_is_killed_in_a_job_that_goes_on_ends_the_request_with_one_error()
    {
        using TempFolder folder = new();
        using MpiJob job = MpiJob.Start(2, ["--enable-recovery", MpiJob.Spud, .. MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""blockTokens":8,"timeoutSeconds":20"""), maxTokens: 4000)]);
        Signal("KILL", Serving(job, folder));
        // mpirun itself ends with 0 then, whatever its ranks end with.
        (_, _, string error) = job.End();
        Assert.Contains("ring rank 1 is lost: ", error, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(error, "^error: ", RegexOptions.Multiline));
    }

    /// <summary>With --enable-recovery, mpirun goes on without the program: every other rank ends, each with one error.</summary>
    [Fact]
    public void When_the_program_is_killed_in_a_job_that_goes_on_the_other_ranks_end_with_one_error_each()
    {
        using TempFolder folder = new();
        using MpiJob job = MpiJob.Start(3, ["--enable-recovery", MpiJob.Spud, .. MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""blockTokens":8,"timeoutSeconds":20"""), maxTokens: 4000)]);
        job.WaitForOutput();
        Signal("KILL", MpiJob.ProcessesWith(folder.Path)[0]);
        (_, _, string error) = job.End();
        AssertEnds(1, error);
        AssertEnds(2, error);
        Assert.Equal(2, Regex.Count(error, "^error: ", RegexOptions.Multiline));
    }

    /// <summary>A program that was stopped gives no sign of life either.</summary>
    [Fact]
    public void When_the_program_does_not_go_on_the_other_rank_ends_the_job_with_one_error()
    {
        using TempFolder folder = new();
        using MpiJob job = MpiJob.Start(2, [MpiJob.Spud, .. MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""blockTokens":8,"timeoutSeconds":20"""), maxTokens: 4000)]);
        job.WaitForOutput();
        Signal("STOP", MpiJob.ProcessesWith(folder.Path)[0]);
        (int code, _, string error) = job.End();
        Assert.NotEqual(0, code);
        AssertEnds(1, error);
        Assert.Single(Regex.Matches(error, "^error: ", RegexOptions.Multiline));
    }

    /// <summary>Between requests a program asks its ranks for nothing, however long.</summary>
    [Fact]
    public void A_rank_goes_on_while_the_program_does_something_else()
    {
        using MpiJob job = MpiJob.Start(2, MpiJob.Tests, "-noColor", "-method", $"*.{nameof(MpiPrograms)}.{nameof(MpiPrograms.The_program_does_something_else_for_two_timeouts)}");
        (int code, string output, string error) = job.End();
        Assert.True(code == 0, output + error);
        Assert.Equal(2, Regex.Count(output, "Total: 1, Errors: 0, Failed: 0, Skipped: 0"));
    }

    /// <summary>A rank that is killed after it last answered: leaving the job waits for it, but not for ever.</summary>
    [Fact]
    public void A_program_ends_although_a_rank_was_killed_since_it_last_answered()
    {
        using MpiJob job = MpiJob.Start(2, "--enable-recovery", MpiJob.Tests, "-noColor", "-method", $"*.{nameof(MpiPrograms)}.{nameof(MpiPrograms.The_other_rank_is_killed_at_the_end)}");
        (_, string output, string error) = job.End();
        Assert.True(Regex.Count(output, "Total: 1, Errors: 0, Failed: 0, Skipped: 0") == 1, output + error);
    }

    /// <summary>The process of rank 1, when the answer has begun.</summary>
    private static int Serving(MpiJob job, TempFolder folder)
    {
        job.WaitForOutput();
        return MpiJob.ProcessesWith(folder.Path)[1];
    }

    private static void AssertEnds(int rank, string error) => Assert.Single(Regex.Matches(
        error, $@"^error: ring rank {rank} on [^ ]+ ends, because rank 0, the program, is lost: it has given no sign of life for 20 seconds \(timeoutSeconds\)\. Start all ranks again\.$", RegexOptions.Multiline));

    private static void Signal(string signal, int process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
