using System.Runtime.InteropServices;

namespace Spud.Conformance.Fixtures;

/// <summary>A tiny model of a family with random weights, a prompt, and llama.cpp's logits for it, which are resources of this assembly.</summary>
/// <param name="Name">The family.</param>
/// <param name="IsMixture">Whether its layers have several experts.</param>
/// <param name="Limit">Allowed error of f32 arithmetic: root mean square, relative to the logits' range.</param>
internal sealed record FamilyModel(string Name, bool IsMixture, double Limit = FamilyModel.F32)
{
    private const double F32 = 1e-5;

    /// <summary>All families that the runtime knows.</summary>
    public static IReadOnlyList<FamilyModel> All { get; } =
    [
        new("llama", false), new("qwen2", false), new("qwen3", false), new("granite", false),
        new("gemma3", false, 2e-4), // llama.cpp's GELU is a table of f16 values
        new("mixtral", true), new("qwen2moe", true), new("qwen3moe", true), new("olmoe", true), new("granitemoe", true), new("gpt-oss", true),
    ];

    /// <summary>The prompt's ids.</summary>
    public static int[] Prompt { get; } = Read<int>("prompt.tokens.bin");

    /// <summary>Of a name.</summary>
    public static FamilyModel Of(string name) => All.Single(family => family.Name == name);

    /// <summary>The model file.</summary>
    public byte[] Gguf => Bytes($"{Name}.gguf");

    /// <summary>What llama.cpp computes for the prompt, in f32 with an f32 cache: [tokens, V].</summary>
    public float[] Logits => Read<float>($"{Name}.logits.bin");

    private static byte[] Bytes(string name)
    {
        using Stream resource = typeof(FamilyModel).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"resource {name} is missing from {typeof(FamilyModel).Assembly.GetName().Name}");
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }

    private static T[] Read<T>(string name)
        where T : unmanaged => [.. MemoryMarshal.Cast<byte, T>(Bytes(name))];
}
