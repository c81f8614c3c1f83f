using System.Diagnostics;
using System.Text.RegularExpressions;
using Attention.Ring.Native;
using Spud;
using Xunit;

namespace Attention.Ring.Tests.Mpi;

/// <summary>Ranks that are processes under mpirun.</summary>
public sealed class MpiTests
{
    private const string Exact = """{ "head": {"activations":"f32"}, "experts": {"activations":"f32"}, "cache": {"format":"f32"}, "attention": {"use":"cpu","activations":"f32"FOLD} }""";

    public static TheoryData<string, int> Programs => new MatrixTheoryData<string, int>(
        [nameof(MpiPrograms.Texts_forks_and_rollbacks), nameof(MpiPrograms.Pools_in_several_formats_and_by_head), nameof(MpiPrograms.A_cancelled_step_and_nothing_allocated)], [2, 3]);

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_pipeline_over_processes_is_the_plain_one(string program, int ranks)
    {
        using MpiJob job = MpiJob.Start(ranks, MpiJob.Tests, "-noColor", "-method", $"*.{nameof(MpiPrograms)}.{program}");
        (int code, string output, string error) = job.End();
        Assert.True(code == 0, output + error);
        Assert.Equal(ranks, Regex.Count(output, "Total: 1, Errors: 0, Failed: 0, Skipped: 0"));
    }

    /// <summary>The program answers as without ranks, and no other rank writes anything.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Spud_answers_under_mpirun_and_the_other_ranks_are_silent(int ranks)
    {
        using TempFolder folder = new();
        (string[] plain, string[] ring) = (Run(folder, "plain.json", ""), Run(folder, "ring.json", Ring("""blockTokens":8""")));
        using Process alone = Process.Start(new ProcessStartInfo(MpiJob.Spud, plain) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string expected = alone.StandardOutput.ReadToEnd();
        alone.WaitForExit();
        using MpiJob job = MpiJob.Start(ranks, [MpiJob.Spud, .. ring]);
        (int code, string output, string error) = job.End();
        Assert.True(code == 0, error);
        Assert.True(expected.Length > 20, expected);
        Assert.Equal(expected, output);
        Assert.Matches(@"^\[prompt \d+ tokens[^\n]*\]\n$", error);
    }

    /// <summary>The second rank was started with something else.</summary>
    [Theory]
    [InlineData("--ctx 512", "limits is '512 rows")]
    [InlineData("--set attention.fold[0].blockTokens=16", "ring options is 'blockTokens 16, memoryMiB none' there and 'blockTokens 8, memoryMiB none' here")]
    [InlineData("--set cache.format=f16", "pages is 'F16/F16")]
    [InlineData("MODEL", "model is '")]
    public void Ranks_that_differ_are_refused_with_one_error(string difference, string message)
    {
        using TempFolder folder = new();
        string[] ring = Run(folder, "ring.json", Ring("""blockTokens":8"""));
        string[] other = difference == "MODEL"
            ? [.. ring.Select(static argument => argument == TestData.DefaultModel ? TestData.Path("families/llama.gguf") : argument)]
            : [.. ring, .. difference.Split(' ')];
        using MpiJob job = MpiJob.Start(1, [MpiJob.Spud, .. ring, ":", "-n", "1", MpiJob.Spud, .. other]);
        (int code, string output, string error) = job.End();
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Matches("rank 1 on [^ ]+ differs from rank 0: ", error);
        Assert.Single(Regex.Matches(error, "^error: ", RegexOptions.Multiline));
    }

    [Fact]
    public void Another_number_of_ranks_than_processes_is_refused()
    {
        using TempFolder folder = new();
        using MpiJob job = MpiJob.Start(2, [MpiJob.Spud, .. Run(folder, "ring.json", Ring("""ranks":3"""))]);
        (int code, _, string error) = job.End();
        Assert.Equal(2, code);
        Assert.Contains("ranks is 3, but mpirun started 2 processes: mpirun -n 3 …, or leave 'ranks' out.", error, StringComparison.Ordinal);
    }

    /// <summary>A rank that is stopped answers no more: the request ends with its name, and the job ends.</summary>
    [Fact]
    public void A_rank_that_does_not_answer_ends_the_request_with_one_error()
    {
        using TempFolder folder = new();
        using MpiJob job = MpiJob.Start(2, [MpiJob.Spud, .. Run(folder, "ring.json", Ring("""blockTokens":8,"timeoutSeconds":20"""), maxTokens: 4000)]);
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
        using MpiJob job = MpiJob.Start(2, [MpiJob.Spud, .. Run(folder, "ring.json", Ring("""blockTokens":8"""), maxTokens: 4000)]);
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
        using MpiJob job = MpiJob.Start(2, ["--enable-recovery", MpiJob.Spud, .. Run(folder, "ring.json", Ring("""blockTokens":8,"timeoutSeconds":20"""), maxTokens: 4000)]);
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
        using MpiJob job = MpiJob.Start(3, ["--enable-recovery", MpiJob.Spud, .. Run(folder, "ring.json", Ring("""blockTokens":8,"timeoutSeconds":20"""), maxTokens: 4000)]);
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
        using MpiJob job = MpiJob.Start(2, [MpiJob.Spud, .. Run(folder, "ring.json", Ring("""blockTokens":8,"timeoutSeconds":20"""), maxTokens: 4000)]);
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

    /// <summary>Two machines, which are network namespaces: everything goes over TCP between them.</summary>
    [Fact]
    public void Ranks_on_two_machines_answer_as_one()
    {
        if (Environment.UserName != "root" || !OperatingSystem.IsLinux())
            Assert.Skip("needs root: network namespaces stand for machines");

        using TempFolder folder = new();
        string[] plain = Run(folder, "plain.json", ""), ring = Run(folder, "ring.json", Ring("""blockTokens":8"""));
        using Process alone = Process.Start(new ProcessStartInfo(MpiJob.Spud, plain) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string expected = alone.StandardOutput.ReadToEnd();
        alone.WaitForExit();
        using MpiJob job = MpiJob.StartScript("namespaces.sh", [MpiJob.Spud, .. ring]);
        (int code, string output, string error) = job.End();
        if (code == 77)
            Assert.Skip($"needs network namespaces, which this system refuses: {error}");

        Assert.True(code == 0, error);
        Assert.Equal(expected, output);
    }

    [Fact]
    public void Without_mpi_or_mpirun_the_refusal_says_what_to_do()
    {
        string missing = Assert.Throws<RefusedException>(static () => MpiLink.Open(new(), "libmpi-that-is-missing.so")).Message;
        Assert.Equal("transport 'mpi' needs Open MPI 4 (libmpi-that-is-missing.so), which this machine does not have. Install it: ./spud setup ring (Debian: apt-get install openmpi-bin). Or use transport 'threads'.", missing);

        if (!Attention.Ring.Native.Mpi.TryLoad(Attention.Ring.Native.Mpi.Library))
            Assert.Skip("needs Open MPI: run ./spud setup ring");
        string alone = Assert.Throws<RefusedException>(static () => MpiLink.Open(new())).Message;
        Assert.StartsWith("with transport 'mpi', ranks are processes that mpirun starts, but this process was started without it.", alone, StringComparison.Ordinal);
    }

    private static string Ring(string options) => $$""","fold":[{"use":"ring","transport":"mpi","{{options}}}]""";

    /// <summary>A command line that answers in about thirty tokens, always the same.</summary>
    private static string[] Run(TempFolder folder, string file, string fold, int maxTokens = 30)
    {
        File.WriteAllText(folder.File(file), Exact.Replace("FOLD", fold, StringComparison.Ordinal));
        return ["run", "-m", TestData.DefaultModel, "-p", folder.File(file), "--threads", "1", "--temperature", "0", "--raw", "--max-tokens", $"{maxTokens}", "Once upon a time there was a king who had three daughters, and"];
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
