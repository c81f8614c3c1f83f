using Spud.Training.Data;

namespace Spud.Training.Tests.Runs;

/// <summary>Ids of two domains in a temporary folder: counting upwards, and counting downwards, each with noise. A model learns both in seconds.</summary>
internal sealed class TinyCorpus : IDisposable
{
    public const int Vocabulary = 64;
    private const double Noise = 0.1;

    public TinyCorpus()
    {
        foreach ((string domain, int pace, ulong seed) in ((string, int, ulong)[])[("up", 1, 1), ("down", -1, 2)])
        {
            Write($"{domain}.train.ids", 20_000, pace, seed);
            Write($"{domain}.valid.ids", 1_000, pace, seed + 10);
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("spud-training-").FullName;

    /// <summary>The lowest loss that a model can have: the next id is known but for the noise.</summary>
    public static double Entropy => -(1 - Noise) * Math.Log(1 - Noise + Noise / Vocabulary) - Noise * Math.Log(Noise / Vocabulary);

    public string Runs => Path.Combine(Folder, "runs");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Write(string name, int count, int pace, ulong seed)
    {
        SplitMix random = new(seed);
        using BinaryWriter file = new(File.Create(Path.Combine(Folder, name)));
        for (int i = 0, at = 0; i < count; i++)
        {
            at = random.NextFraction() < Noise ? random.NextBelow(Vocabulary) : (at + pace + Vocabulary) % Vocabulary;
            file.Write((ushort)at);
        }
    }
}
