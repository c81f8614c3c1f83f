using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>Against another runtime: what llama.cpp computes for the same file.</summary>
public abstract partial class PluginContract
{
    /// <summary>The component in its role, and the reference plugin in the others, give llama.cpp's logits for a model of each family.</summary>
    [ContractTheory]
    [OfFamilies]
    public void A_pipeline_gives_llama_cpps_logits(string role, string component, string family)
    {
        Subject subject = Plugin[role, component];
        FamilyModel model = FamilyModel.Of(family);
        if (subject.Variant.OwnRouting is { } own)
            Assert.Skip($"its routing is its own: {own}");
        if (!IsLossless(subject))
            Assert.Skip("this policy drops keys that rows may see: its offer does not promise row invariance");

        using TestModelFile file = TestModelFile.Of(model);
        using PipelineRig rig = OfFamily(subject, file);
        double rounding = RoundingOf(subject, rig);
        if (rounding > 0 && model.IsMixture)
            Assert.Skip("rounding decides how a router's near-tie falls; the dense families show how large the error is");

        float[] expected = model.Logits, got = rig.Fresh(FamilyModel.Prompt);
        Assert.Equal(expected.Length, got.Length);
        double off = Math.Sqrt(expected.Zip(got, static (e, g) => ((double)e - g) * ((double)e - g)).Average()) / (expected.Max() - (double)expected.Min());
        double limit = Math.Max(model.Limit, rounding);
        Assert.True(off <= limit, $"{family}: the logits differ by {off:E2} of their range (root mean square), expected at most {limit:E2}");
    }

    private PipelineRig OfFamily(Subject subject, TestModelFile file)
    {
        try
        {
            return PipelineRig.Of(Plugin, subject, file);
        }
        catch (ConfigurationException refusal) when (refusal.Message.Contains(" does not know ", StringComparison.Ordinal))
        {
            Assert.Skip(refusal.Message);
            throw;
        }
        catch (CompositionException refusal) when (refusal.InnerException is RefusedException || refusal.Message.Contains(" whose width is a multiple of ", StringComparison.Ordinal))
        {
            Assert.Skip(refusal.Message);
            throw;
        }
    }

    /// <summary>How far the subject's rounding may move logits, of their range; 0: it computes and stores in f32.</summary>
    private static double RoundingOf(Subject subject, PipelineRig rig)
    {
        string[] pages = [.. PipelineExplanation.Of(rig.Pipeline).Pages.SelectMany(static pages => new[] { pages.Keys, pages.Values }).Distinct()];
        double ofPages = pages.Max(static type => type switch
        {
            "F32" => 0,
            "F16" => 2e-3,
            "Q8_0" or "BF16" => 2e-2,
            _ => 2e-1,
        });
        return Math.Max(ofPages, subject.Tolerance.IsWidened ? ThroughLayers(subject).Relative : 0);
    }
}
