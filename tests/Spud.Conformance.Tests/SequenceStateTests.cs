using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Spud.Execution;
using Spud.Plugins;
using Xunit;

namespace Spud.Conformance.Tests;

/// <summary>A router whose plans depend on the text, with its state kept by the host.</summary>
public sealed class SequenceStateTests : IDisposable
{
    private readonly TestModelFile _model = TestModelFile.Mixture(renormalises: true);
    private readonly PluginCatalog _plugins = PluginCatalog.Discover(Path.GetDirectoryName(TestData.Reference)!, TestData.Built("Wrapper"));

    [Fact]
    public void A_state_is_seen_from_the_first_border_on()
    {
        int[] text = PipelineRig.Text(1, 60);
        using PipelineRig plain = Rig(), prompt = Rig("router.use=reference/prompt", "router.borderTokens=16");
        float[] expected = plain.Fresh(text), got = prompt.Fresh(text);
        int border = 16 * TestModelFile.Vocabulary;
        Assert.Equal(expected[..border], got[..border]);
        Assert.NotEqual(expected[border..], got[border..]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(64)]
    public void A_text_that_goes_back_has_the_state_of_its_length(int borderTokens)
    {
        int[] text = PipelineRig.Text(2, 100), more = PipelineRig.Text(3, 12);
        using PipelineRig rig = Rig("router.use=reference/prompt", $"router.borderTokens={borderTokens}");
        foreach (int length in new[] { 0, 1, 3, 4, 10, 40, 63, 64, 65, 90, 97, 99 })
        {
            using Sequence fresh = rig.Engine.Open(), back = rig.Engine.Open();
            rig.Read(back, text, chunk: 9);
            back.Truncate(length);
            Assert.Equal(length, back.Tokens);
            if (length > 0)
                rig.Read(fresh, text[..length]);

            Assert.Equal(rig.Read(fresh, more), rig.Read(back, more, chunk: 1));
        }
    }

    /// <summary>A head has one state, of the whole text.</summary>
    [Fact]
    public void A_head_keeps_a_state_too()
    {
        int[] text = PipelineRig.Text(1, 60);
        using PipelineRig plain = Rig(), head = Rig("""head={"use":"biased","inner":"reference","repeats":1}""");
        float[] before = plain.Fresh(text), expected = [.. Enumerable.Range(0, before.Length).Select(i =>
            before[i] + (text[..(i / TestModelFile.Vocabulary / 16 * 16)].Contains(i % TestModelFile.Vocabulary) ? 1 : 0))];
        foreach (int rows in new[] { 64, 7, 1 })
        {
            using Sequence sequence = head.Engine.Open();
            Assert.Equal(expected, head.Read(sequence, text, rows));
            using Sequence fork = sequence.Fork();
            fork.Truncate(40);
            Assert.Equal(expected[(40 * TestModelFile.Vocabulary)..], head.Read(fork, text[40..], rows));
        }
    }

    [Fact]
    public void A_sequence_id_that_is_used_again_begins_anew()
    {
        int[] text = PipelineRig.Text(4, 50);
        using PipelineRig rig = Rig("router.use=reference/prompt", "router.borderTokens=8");
        float[] first = rig.Fresh(text);
        rig.Fresh(PipelineRig.Text(5, 50));
        Assert.Equal(first, rig.Fresh(text));
    }

    public void Dispose()
    {
        _plugins.Dispose();
        _model.Dispose();
    }

    private PipelineRig Rig(params string[] edits) => new(_plugins, [.. TestPipeline.ReferenceEdits, .. edits], _model);
}
