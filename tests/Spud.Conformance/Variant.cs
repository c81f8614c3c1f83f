using System.Security.Cryptography;
using System.Text;

namespace Spud.Conformance;

/// <summary>
/// One configuration of one component, which the suites test. A component without variants is tested with default options; so is one
/// whose variants all set options. To widen the tolerance of the default options, or to skip them, name a
/// variant without <see cref="Options"/>.
/// </summary>
public sealed record Variant
{
    /// <summary>"head", "attention", "cache", "router", "experts", "fold", "scheduler", "drafter" or "depth".</summary>
    public required string Role { get; init; }

    /// <summary>The component's name in the manifest.</summary>
    public required string Component { get; init; }

    /// <summary>Its options as in <c>pipeline.json</c>, without <c>use</c>: <c>{"dtype":"bf16"}</c>.</summary>
    public string Options { get; init; } = "{}";

    /// <summary>Allowed difference of its results from the reference.</summary>
    public Tolerance Tolerance { get; init; } = Tolerance.F32;

    /// <summary>Why it cannot be tested on this machine ("needs a CUDA device"): its tests are shown as skipped. Null: it can.</summary>
    public string? Skip { get; init; }

    /// <summary>
    /// Routers: why its plans are meant to differ from what the model was trained with. They are then checked for form and not compared
    /// with the reference; the reason is printed with the results. Null: they are compared.
    /// </summary>
    public string? OwnRouting { get; init; }

    /// <summary>
    /// Cache policies that drop keys which later rows may see, and so do not promise row invariance: whether, after so many tokens, the key at this
    /// position must still be kept. Keys outside a layer's window need not be. Null: all must be kept.
    /// <code>
    /// Keeps = static (tokens, position) => position &lt; 4 || position >= tokens - 256
    /// </code>
    /// </summary>
    public Func<int, int, bool>? Keeps { get; init; }

    /// <summary>
    /// The pack that a component needs, made for each model that the kit tests it with. Null: none.
    /// <code>
    /// Pack = static model => new TestPack().Add("output.bias", model.Vocabulary)
    /// </code>
    /// </summary>
    public Func<ModelDescription, TestPack>? Pack { get; init; }

    /// <summary>Managed memory that a call may allocate; none by default.</summary>
    public AllocationPromise Allocation { get; init; } = AllocationPromise.None;

    /// <summary>
    /// Its name in test results: "cpu", or "cpu {"dtype":"bf16"}". Test results cut long texts, so a digest is put in
    /// front of long options.
    /// </summary>
    internal string Label => Options == "{}" ? Component : Component.Length + Options.Length < LongestLabel ? $"{Component} {Options}" : $"{Component} #{Digest} {Options}";

    private const int LongestLabel = 48;

    private string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Options)))[..4];
}
