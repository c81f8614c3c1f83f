using Spud.Training.Configuration;
using Spud.Training.Model.Selection;
using Spud.Training.Runs;
using Xunit;

namespace Spud.Training.Tests.Runs;

public sealed class TrainingRunTests : IDisposable
{
    private static readonly TrainingConfiguration s_mixture = new()
    {
        Shape = new() { Layers = 2, HiddenWidth = 32, Heads = 2, KvHeads = 1, HeadWidth = 32, ExpertWidth = 32, Experts = 4, ExpertsUsed = 2, Tokens = 32, Vocabulary = TinyCorpus.Vocabulary },
        Sequences = 8,
        Steps = 200,
        WarmupSteps = 10,
        DecaySteps = 40,
        Rate = 1e-2,
        Seed = 3,
        Domains = ["up", "down"],
        ReportSteps = 20,
        EvaluationSteps = 100,
        EvaluationWindows = 5,
        CheckpointSteps = 50,
        KeepSteps = [150],
    };

    private readonly TinyCorpus _corpus = new();

    public TrainingRunTests() => Libtorch.Require();

    public void Dispose() => _corpus.Dispose();

    [Theory]
    [InlineData(4, "Bf16")]
    [InlineData(1, "Bf16")]
    [InlineData(4, "F32")]
    public void ATinyModelLearnsBothDomains(int experts, string precision)
    {
        TrainingConfiguration configuration = s_mixture with { Precision = Enum.Parse<Precision>(precision), Shape = s_mixture.Shape with { Experts = experts, ExpertsUsed = Math.Min(2, experts) } };
        Assert.True(Train(configuration, "learns"));
        LogLine[] lines = Lines("learns");
        Assert.InRange(lines[0].Mean, 2, 5);
        EvaluationLine last = Assert.IsType<EvaluationLine>(lines[^1]);
        Assert.True(last.Final);
        // The first ids of a row do not say in which direction it counts.
        Assert.All(last.Loss.Values, static loss => Assert.InRange(loss, TinyCorpus.Entropy - 0.1, TinyCorpus.Entropy + 0.4));
        Assert.Equal(experts > 1, last.Experts is not null);
    }

    [Theory]
    [InlineData("TopK")]
    [InlineData("Pool")]
    [InlineData("RandomK")]
    [InlineData("Mass")]
    [InlineData("ExpertThreshold")]
    public void ARunThatWasInterruptedHasTheSameCurveBitForBit(string kind)
    {
        TrainingConfiguration mixture = s_mixture with { Routing = new() { Kind = Enum.Parse<RoutingKind>(kind) }, Shape = s_mixture.Shape with { Experts = 6 } };
        Assert.True(Train(mixture, "whole"));
        int steps = 0;
        // Between two reports and two checkpoints.
        using CancellationTokenSource cancel = new();
        Assert.False(Train(mixture, "parts", () => { if (++steps > 73) cancel.Cancel(); }, cancel));
        Assert.True(Train(mixture, "parts"));
        Assert.Equal(Curve("whole"), Curve("parts"));
        EvaluationLine last = Assert.IsType<EvaluationLine>(Lines("whole")[^1]);
        Assert.All(last.Loss.Values, static loss => Assert.InRange(loss, TinyCorpus.Entropy - 0.1, TinyCorpus.Entropy + 0.5));
        Assert.Equal(mixture.Routing.ChoosesNumber, last.ExpertsPerToken is not null);
        // Thresholds follow the number that is wanted.
        Assert.All(last.ExpertsPerToken?.Values.SelectMany(static layers => layers) ?? [], static experts => Assert.InRange(experts, 1.2, 3.2));

        // The speed of the report in which it was interrupted counts both parts' time.
        TrainingLine[] lines = [.. Lines("parts").OfType<TrainingLine>()];
        foreach ((TrainingLine before, TrainingLine line) in lines.Zip(lines.Skip(1)))
            Assert.Equal(line.Seconds - before.Seconds, (line.Tokens - before.Tokens) / line.TokensPerSecond, 0.005);
    }

    [Fact]
    public void ARunThatWasKilledGoesOnFromItsLastCheckpointWithoutRepeatedLines()
    {
        Assert.True(Train(s_mixture, "whole"));
        Assert.Throws<IOException>(() => Train(s_mixture, "killed", ThrowsAt(92)));
        File.AppendAllText(TrainingRun.Log(Folder("killed")), "{\"kind\":\"train\",\"st"); // what a killed process was writing
        Assert.True(Train(s_mixture, "killed"));
        Assert.Equal(Curve("whole"), Curve("killed"));
    }

    [Theory]
    [InlineData("contents")]
    [InlineData("length")]
    public void ADamagedCheckpointFallsBackToTheOneBefore(string damage)
    {
        Assert.True(Train(s_mixture, "whole"));
        Assert.Throws<IOException>(() => Train(s_mixture, "damaged", ThrowsAt(120)));
        string checkpoint = Path.Combine(Folder("damaged"), "checkpoint.bin");
        byte[] bytes = File.ReadAllBytes(checkpoint);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(checkpoint, damage == "length" ? bytes[..1000] : bytes);
        StringWriter messages = new();
        using (TrainingRun run = new(s_mixture, _corpus.Folder, Folder("damaged"), messages))
        {
            Assert.Equal(50, run.Step);
            Assert.Contains("checkpoint.bin is damaged", messages.ToString());
            Assert.True(run.Train(TimeSpan.FromMinutes(5), static () => { }, TestContext.Current.CancellationToken));
        }

        Assert.Equal(Curve("whole"), Curve("damaged"));
    }

    [Fact]
    public void WithOnlyDamagedCheckpointsARunIsRefused()
    {
        Directory.CreateDirectory(Folder("hopeless"));
        File.WriteAllText(Path.Combine(Folder("hopeless"), "checkpoint.bin"), "not a checkpoint at all, but long enough to be looked at");
        TrainingException fault = Assert.Throws<TrainingException>(() => Train(s_mixture, "hopeless"));
        Assert.Contains("checkpoint.bin", fault.Message);
        Assert.Contains("Delete the run's folder", fault.Message);
    }

    [Fact]
    public void ACheckpointOfAnotherModelIsRefused()
    {
        Assert.Throws<IOException>(() => Train(s_mixture, "other", ThrowsAt(60)));
        TrainingException fault = Assert.Throws<TrainingException>(() => Train(s_mixture with { Shape = s_mixture.Shape with { ExpertWidth = 48 } }, "other"));
        Assert.Contains("another model", fault.Message);
    }

    [Fact]
    public void ABranchGoesOnWhereItsTrunkWas()
    {
        Assert.True(Train(s_mixture, "trunk"));
        Assert.True(Train(s_mixture with { Trunk = new("trunk", 150) }, "branch"));
        Assert.Equal(Curve("trunk").Where(static line => line.Step > 150), Curve("branch"));
        TrainingException fault = Assert.Throws<TrainingException>(() => Train(s_mixture with { Trunk = new("trunk", 151) }, "nowhere"));
        Assert.Contains("step-151.bin is missing", fault.Message);
    }

    [Theory]
    [InlineData("Mass")]
    [InlineData("ExpertThreshold")]
    [InlineData("RandomK")]
    public void ABranchMayChooseExpertsByAnotherRule(string kind)
    {
        TrainingConfiguration trunk = s_mixture with { Shape = s_mixture.Shape with { Experts = 6 } };
        Assert.True(Train(trunk, "trunk"));
        TrainingConfiguration branch = trunk with { Trunk = new("trunk", 150), Routing = new() { Kind = Enum.Parse<RoutingKind>(kind) } };
        Assert.False(Train(branch, "branch", CancelsAt(20, out CancellationTokenSource cancel), cancel));
        Assert.True(Train(branch, "branch"));
        Assert.All(Lines("branch"), static line => Assert.True(line.Step > 150 && line.Mean < 2.5, $"step {line.Step} has a loss of {line.Mean}: it did not begin where the trunk was"));
    }

    [Fact]
    public void ARunThatIsGoingOnIsNotStartedAgain()
    {
        using TrainingRun first = new(s_mixture, _corpus.Folder, Folder("twice"), TextWriter.Null);
        TrainingException fault = Assert.Throws<TrainingException>(() => new TrainingRun(s_mixture, _corpus.Folder, Folder("twice"), TextWriter.Null));
        Assert.Contains("Another process trains this run", fault.Message);
    }

    [Fact]
    public void TheRateIsThatOfTheBestPilot()
    {
        string configurations = Path.Combine(_corpus.Folder, "configs");
        Directory.CreateDirectory(configurations);
        foreach ((string name, double rate) in ((string, double)[])[("slow", 1e-5), ("good", 1e-2)])
        {
            string json = $$"""
                { "shape": { "layers": 1, "hiddenWidth": 32, "heads": 1, "kvHeads": 1, "headWidth": 32, "expertWidth": 32, "tokens": 32, "vocabulary": 64 },
                  "sequences": 8, "steps": 60, "warmupSteps": 5, "rate": {{rate}}, "seed": 1, "domains": ["up", "down"] }
                """;
            File.WriteAllText(Path.Combine(configurations, name + ".json"), json);
        }

        TrainingConfiguration study = s_mixture with { Rate = 0, Pilots = ["slow", "good"] };
        TrainingException fault = Assert.Throws<TrainingException>(() => PilotedRate.Resolve(study, configurations, _corpus.Runs));
        Assert.Contains("Train 'slow' first", fault.Message);
        foreach (string name in study.Pilots)
            Assert.True(Train(TrainingConfiguration.Load(Path.Combine(configurations, name + ".json")), name));
        Assert.Equal(1e-2, PilotedRate.Resolve(study, configurations, _corpus.Runs).Rate);
    }

    private static Action ThrowsAt(int step)
    {
        int steps = 0;
        return () => _ = ++steps > step ? throw new IOException("killed") : 0;
    }

    private static Action CancelsAt(int step, out CancellationTokenSource cancel)
    {
        CancellationTokenSource source = cancel = new();
        int steps = 0;
        return () =>
        {
            if (++steps > step)
                source.Cancel();
        };
    }

    private string Folder(string name) => Path.Combine(_corpus.Runs, name);

    private bool Train(TrainingConfiguration configuration, string name, Action? pause = null, CancellationTokenSource? cancel = null)
    {
        using TrainingRun run = new(configuration, _corpus.Folder, Folder(name), TextWriter.Null);
        return run.Train(TimeSpan.FromMinutes(5), pause ?? (static () => { }), cancel?.Token ?? TestContext.Current.CancellationToken);
    }

    private LogLine[] Lines(string name) => [.. RunLog.Lines(TrainingRun.Log(Folder(name))).Select(static line => line.Line)];

    // All that does not depend on the machine's load.
    private (int Step, double Mean, double Up, double Down, double Other)[] Curve(string name) =>
        [.. Lines(name).Select(static line => (line.Step, line.Mean, line.Loss["up"], line.Loss["down"], line is TrainingLine train ? train.GradientNorm : -1))];
}
