namespace Spud.Bench.Peer;

/// <summary>The works that speed is judged by.</summary>
internal static class GateSet
{
    public const string DefaultModel = "smollm2-135m-q4_1";

    private const int Steps = 32;

    public static readonly string[] Models =
        [DefaultModel, "dense-q8_0", "dense-q4_k_m", "dense-f16", "mixture-q8_0", "mixture-q4_k_m", "mixture-f16"];

    private static readonly string[] s_axes = [DefaultModel, "dense-q4_k_m", "mixture-q8_0"];

    public static IEnumerable<Work> Works()
    {
        foreach (string model in Models)
        {
            yield return new(model, 2, 256, 0, 0, 1);
            yield return new(model, 2, 0, Steps, 0, 1);
        }

        foreach (string model in s_axes)
        {
            yield return new(model, 1, 256, 0, 0, 1);
            yield return new(model, 1, 0, Steps, 0, 1);
            yield return new(model, 2, 32, 0, 0, 1);
            yield return new(model, 2, 2048, 0, 0, 1);
            yield return new(model, 2, 0, Steps, 2048, 1);
            yield return new(model, 2, 0, Steps, 6000, 1);
            yield return new(model, 2, 0, Steps, 0, 4);
            yield return new(model, 2, 0, Steps, 0, 16);
        }
    }
}
