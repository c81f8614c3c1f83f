using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Training.Model;
using Spud.Training.Model.Selection;

namespace Spud.Training.Configuration;

/// <summary>Configuration of one run: the model, its training and its logging. A file in training/configs.</summary>
/// <remarks>Optional properties have a setter: the JSON reader overwrites defaults of properties without one.</remarks>
internal sealed record TrainingConfiguration
{
    /// <summary>The model.</summary>
    public required ModelShape Shape { get; init; }

    /// <summary>Rows per step.</summary>
    public int Sequences { get; set; } = 16;

    /// <summary>Total steps, including those of a trunk.</summary>
    public required int Steps { get; init; }

    /// <summary>Warm-up steps, in which the rate rises from 0.</summary>
    public int WarmupSteps { get; set; } = 100;

    /// <summary>Decay steps at the end, in which the rate falls to 0.</summary>
    public int DecaySteps { get; set; }

    /// <summary>Learning rate in between; 0 for that of the best of <see cref="Pilots"/>.</summary>
    public double Rate { get; set; }

    /// <summary>Finished runs of the same shape that differ in their rate: the one with the lowest final loss is used.</summary>
    public IReadOnlyList<string> Pilots { get; set; } = [];

    /// <summary>Weight decay of matrices; norms and routers do not decay.</summary>
    public double WeightDecay { get; set; } = 0.1;

    /// <summary>Maximum norm of a step's gradient.</summary>
    public double Clip { get; set; } = 1;

    /// <summary>Factor of the balance loss.</summary>
    public double Balance { get; set; } = 1e-2;

    /// <summary>Factor of the router's z-loss.</summary>
    public double Z { get; set; } = 1e-3;

    /// <summary>How a mixture chooses experts.</summary>
    public RoutingRecipe Routing { get; set; } = new();

    /// <summary>How its routers are trained.</summary>
    [JsonIgnore]
    public MixtureTraining MixtureTraining => new(new(Balance, Z), Routing, Seed);

    /// <summary>Seed of the initial values and of the order of the data.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Type of the products.</summary>
    public Precision Precision { get; set; } = Precision.Bf16;

    /// <summary>Names of the domains: files NAME.train.ids and NAME.valid.ids.</summary>
    public IReadOnlyList<string> Domains { get; set; } = ["prose", "code", "reasoning"];

    /// <summary>Steps between two lines about training.</summary>
    public int ReportSteps { get; set; } = 50;

    /// <summary>Steps between two evaluations.</summary>
    public int EvaluationSteps { get; set; } = 250;

    /// <summary>Rows of each domain in an evaluation.</summary>
    public int EvaluationWindows { get; set; } = 48;

    /// <summary>Rows of each domain in the final evaluation; null for all.</summary>
    public int? FinalWindows { get; set; }

    /// <summary>Steps between two checkpoints.</summary>
    public int CheckpointSteps { get; set; } = 250;

    /// <summary>Steps whose checkpoints are kept, for branches.</summary>
    public IReadOnlyList<int> KeepSteps { get; set; } = [];

    /// <summary>The run that this one branches off from; null if it starts from scratch.</summary>
    public Trunk? Trunk { get; set; }

    /// <exception cref="TrainingException">The file is missing, not JSON, or has invalid values.</exception>
    public static TrainingConfiguration Load(string path)
    {
        try
        {
            return Checked(JsonSerializer.Deserialize(File.ReadAllText(path), ConfigurationJson.Default.TrainingConfiguration)!, path);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingException($"{path}: {fault.Message}");
        }
    }

    /// <summary>The rate of a step, counted from 1.</summary>
    public double RateAt(int step)
    {
        double rising = WarmupSteps == 0 ? 1 : Math.Min(1, (double)step / WarmupSteps);
        double falling = DecaySteps == 0 ? 1 : Math.Min(1, (double)(Steps - step + 1) / (DecaySteps + 1));
        return Rate * rising * falling;
    }

    private static TrainingConfiguration Checked(TrainingConfiguration configuration, string path)
    {
        ModelShape shape = configuration.Shape;
        Require(shape.HiddenWidth % 16 == 0 && shape.ExpertWidth % 16 == 0 && shape.Vocabulary % 16 == 0, "hiddenWidth, expertWidth and vocabulary must be multiples of 16");
        Require(shape.HeadWidth % 32 == 0 && shape.Tokens % 16 == 0, "headWidth must be a multiple of 32 and tokens one of 16");
        Require(shape.KvHeads > 0 && shape.Heads % shape.KvHeads == 0, "heads must be a multiple of kvHeads");
        Require(shape.ExpertsUsed >= 1 && shape.ExpertsUsed <= shape.Experts, "expertsUsed must be 1 to experts");
        Require(configuration.Routing.Kind == RoutingKind.TopK || shape.Experts > 1, "routing is of a mixture, and this is a dense model");
        Require(configuration.Routing.MaxExperts is not { } most || (most >= shape.ExpertsUsed && most <= shape.Experts), "routing.maxExperts must be expertsUsed to experts");
        Require(configuration.Routing.Momentum is >= 0 and < 1, "routing.momentum must be at least 0 and below 1");
        Require(shape.Layers > 0 && shape.Vocabulary is > 0 and <= ushort.MaxValue + 1, "layers must be positive and vocabulary at most 65536");
        Require(configuration is { Steps: > 0, Sequences: > 0, ReportSteps: > 0, EvaluationSteps: > 0, EvaluationWindows: > 0, CheckpointSteps: > 0 }, "steps, sequences and intervals must be positive");
        Require(configuration.Rate > 0 != configuration.Pilots.Count > 0 && configuration.Rate >= 0, "there must be either a positive rate or pilots to take it from");
        Require(configuration.Clip > 0, "clip must be positive");
        Require(configuration.Domains.Count > 0, "there must be a domain");
        return configuration;

        void Require(bool condition, string what)
        {
            if (!condition)
                throw new TrainingException($"{path}: {what}.");
        }
    }
}

/// <summary>A checkpoint of another run to start from.</summary>
/// <param name="Run">Its name.</param>
/// <param name="Step">One of its <see cref="TrainingConfiguration.KeepSteps"/>.</param>
internal sealed record Trunk(string Run, int Step);

/// <summary>Type of the products; all else is in f32.</summary>
internal enum Precision
{
    /// <summary>Single precision.</summary>
    F32,

    /// <summary>bfloat16 with f32 sums.</summary>
    Bf16,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TrainingConfiguration))]
internal sealed partial class ConfigurationJson : JsonSerializerContext;
