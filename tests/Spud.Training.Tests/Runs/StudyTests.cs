using System.Diagnostics;
using Spud.Training.Runs;
using Xunit;

namespace Spud.Training.Tests.Runs;

/// <summary>The program itself: a study is processes that start processes.</summary>
public sealed class StudyTests : IDisposable
{
    private readonly TinyCorpus _corpus = new();

    public StudyTests() => Directory.CreateDirectory(Path.Combine(_corpus.Folder, "configs"));

    private string List => Path.Combine(_corpus.Folder, "study.txt");

    public void Dispose() => _corpus.Dispose();

    [Fact]
    public void AStudyTrainsInOrderOfNeedGoesOnAndSaysWhatIsLeft()
    {
        Configure("slow", "\"rate\": 1e-6");
        Configure("fast", "\"rate\": 1e-2");
        Configure("long", "\"pilots\": [\"slow\", \"fast\"]");
        Configure("orphan", "\"rate\": 1e-2, \"trunk\": { \"run\": \"nobody\", \"step\": 7 }");
        File.WriteAllLines(List, ["long   # needs the two below", "", "slow", "fast", "orphan"]);

        (int code, string messages) = Run("study", List, "--data", _corpus.Folder, "--runs", _corpus.Runs);
        Assert.Equal(1, code);
        Assert.Contains("error: not trained: orphan", messages);
        Assert.Contains("long: step 0 of 6, rate 0.01", messages);
        Assert.All(["slow", "fast", "long"], name => Assert.NotNull(RunLog.Last(TrainingRun.Log(Path.Combine(_corpus.Runs, name)))));

        (_, messages) = Run("study", List, "--data", _corpus.Folder, "--runs", _corpus.Runs);
        Assert.DoesNotContain("step", messages);
    }

    [Fact]
    public void ASegmentThatIsOverEndsWithACodeOfItsOwnAndACheckpoint()
    {
        Configure("short", "\"rate\": 1e-2");
        string[] train = ["train", "--config", Path.Combine(_corpus.Folder, "configs", "short.json"), "--data", _corpus.Folder, "--runs", _corpus.Runs];
        (int code, _) = Run([.. train, "--hours", "0"]);
        Assert.Equal(3, code);
        Assert.True(File.Exists(Path.Combine(_corpus.Runs, "short", "checkpoint.bin")));
        Assert.Equal(0, Run(train).Code);
    }

    [Theory]
    [InlineData("\"rate\": 1, \"colour\": 2", "colour")]
    [InlineData("\"rate\": 1, \"pilots\": [\"a\"]", "either a positive rate or pilots")]
    [InlineData("", "either a positive rate or pilots")]
    [InlineData("\"rate\": 1, \"domains\": [\"sideways\"]", "sideways.train.ids is missing")]
    [InlineData("\"rate\": 1, \"shape\": { \"layers\": 1, \"hiddenWidth\": 20, \"heads\": 1, \"kvHeads\": 1, \"headWidth\": 32, \"expertWidth\": 32, \"tokens\": 32, \"vocabulary\": 64 }", "multiples of 16")]
    public void AWrongConfigurationIsRefusedWithItsReason(string members, string message)
    {
        Configure("wrong", members);
        (int code, string messages) = Run("train", "--config", Path.Combine(_corpus.Folder, "configs", "wrong.json"), "--data", _corpus.Folder, "--runs", _corpus.Runs);
        Assert.Equal(2, code);
        Assert.Contains("error: ", messages);
        Assert.Contains(message, messages);
    }

    [Fact]
    public async Task ARunStandsStillWhileItsStudyIsStoppedAndEndsWithIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        using Process leader = Process.Start(new ProcessStartInfo("sleep", "3600") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            FollowedProcess followed = new(leader.Id);
            using CancellationTokenSource ended = new();
            followed.Wait(ended);
            Assert.False(ended.IsCancellationRequested);

            // It is stopped a moment after it was told.
            Signal(leader, "STOP");
            while (!(await File.ReadAllTextAsync($"/proc/{leader.Id}/stat", TestContext.Current.CancellationToken)).Contains(") T ", StringComparison.Ordinal))
                await Task.Delay(10, TestContext.Current.CancellationToken);

            Task waiting = Task.Run(() => followed.Wait(ended), TestContext.Current.CancellationToken);
            Assert.NotSame(waiting, await Task.WhenAny(waiting, Task.Delay(600, TestContext.Current.CancellationToken)));
            Signal(leader, "CONT");
            await waiting;
            Assert.False(ended.IsCancellationRequested);

            leader.Kill();
            await leader.WaitForExitAsync(TestContext.Current.CancellationToken);
            followed.Wait(ended);
            Assert.True(ended.IsCancellationRequested);
        }
        finally
        {
            // One that stays stopped would hold the output of the tests open for good.
            leader.Kill();
        }
    }

    private static void Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static (int Code, string Messages) Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Spud.Training"), arguments) { RedirectStandardError = true })!;
        string messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, messages);
    }

    private void Configure(string name, string members)
    {
        string shape = members.Contains("shape") ? "" : """ "shape": { "layers": 1, "hiddenWidth": 32, "heads": 1, "kvHeads": 1, "headWidth": 32, "expertWidth": 32, "experts": 3, "expertsUsed": 2, "tokens": 32, "vocabulary": 64 }, """;
        string domains = members.Contains("domains") ? "" : """ "domains": ["up", "down"], """;
        File.WriteAllText(Path.Combine(_corpus.Folder, "configs", name + ".json"), $$"""{ {{shape}}{{domains}}"sequences": 4, "steps": 6, "warmupSteps": 2, "seed": 1{{(members.Length > 0 ? ", " : "")}}{{members}} }""");
    }
}
