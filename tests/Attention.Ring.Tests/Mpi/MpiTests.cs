using System.Diagnostics;
using System.Text.RegularExpressions;
using Attention.Ring.Native;
using Spud;
using Xunit;

namespace Attention.Ring.Tests.Mpi;

/// <summary>Ranks that are processes under mpirun.</summary>
public sealed class MpiTests
{
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
        (string[] plain, string[] ring) = (MpiRun.Arguments(folder, "plain.json", ""), MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""blockTokens":8""")));
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
        string[] ring = MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""blockTokens":8"""));
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
        using MpiJob job = MpiJob.Start(2, [MpiJob.Spud, .. MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""ranks":3"""))]);
        (int code, _, string error) = job.End();
        Assert.Equal(2, code);
        Assert.Contains("ranks is 3, but mpirun started 2 processes: mpirun -n 3 …, or leave 'ranks' out.", error, StringComparison.Ordinal);
    }

    /// <summary>Two machines, which are network namespaces: everything goes over TCP between them.</summary>
    [Fact]
    public void Ranks_on_two_machines_answer_as_one()
    {
        if (Environment.UserName != "root" || !OperatingSystem.IsLinux())
            Assert.Skip("needs root: network namespaces stand for machines");

        using TempFolder folder = new();
        string[] plain = MpiRun.Arguments(folder, "plain.json", ""), ring = MpiRun.Arguments(folder, "ring.json", MpiRun.Ring("""blockTokens":8"""));
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
}
