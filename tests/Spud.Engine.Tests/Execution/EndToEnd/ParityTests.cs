using System.Collections.Immutable;
using System.Text;
using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>The built-in backend against llama.cpp's logits. The table is docs/parity.md.</summary>
public sealed class ParityTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_family_is_computed_as_llama_cpp_does() => Judge(Parity.Families);

    [Fact]
    public void The_stories_model_and_its_mixtures_are_computed_as_llama_cpp_does() => Judge(Parity.StoriesModels);

    [Fact]
    public void Every_quantised_type_is_computed_exactly_where_activations_are_f32() => Judge(Parity.QuantisedTypes);

    [Fact]
    public void With_activations_of_8_bits_no_quantised_type_lies_further_from_exact_than_in_llama_cpp() => Judge(Parity.Rounded);

    [Fact]
    public void The_default_model_is_computed_exactly_where_activations_are_f32() => Judge(Parity.DefaultModel);

    [Fact]
    public void With_activations_of_8_bits_the_default_model_lies_no_further_from_exact_than_in_llama_cpp() => Judge(Parity.DefaultModelRounded);

    [Fact]
    public void The_table_in_the_documents_is_written_on_demand()
    {
        if (Environment.GetEnvironmentVariable("SPUD_WRITE_PARITY") != "1")
            Assert.Skip("writes docs/parity.md only where SPUD_WRITE_PARITY=1");

        File.WriteAllText(Path.Combine(TestData.Root, "docs", "parity.md"), ParityDocument.Write());
    }

    private void Judge(ImmutableArray<ParityRow> rows)
    {
        StringBuilder failures = new();
        foreach (ParityRow row in rows)
        {
            output.WriteLine(row.Line);
            failures.Append(row.Failure is { } failure ? failure + "\n" : "");
        }

        Assert.NotEmpty(rows);
        Assert.Equal("", failures.ToString());
    }
}
