using Spud.Conformance.Fixtures;
using Xunit;

namespace Spud.Conformance.Rigs;

/// <summary>What the host checks of every plan before experts see it.</summary>
internal static class PlanForm
{
    public static void Require(int[] offsets, int[] experts, float[] weights, TestModel model, int most)
    {
        Assert.Equal(0, offsets[0]);
        for (int row = 0; row + 1 < offsets.Length; row++)
        {
            int count = offsets[row + 1] - offsets[row];
            Assert.True(offsets[row + 1] <= experts.Length, $"row {row}: its entries end at {offsets[row + 1]}; the plan has room for {experts.Length}");
            Assert.True(count >= 0 && count <= most, $"row {row}: {count} experts; expected at most {most}");
            Assert.True(count > 0 || model.Has(Trait.SharedExpert), $"row {row}: no experts; expected at least one, since the layer has no shared expert");
            int[] ids = experts[offsets[row]..offsets[row + 1]];
            Assert.All(ids, id => Assert.InRange(id, 0, model.Experts - 1));
            Assert.True(ids.Distinct().Count() == ids.Length, $"row {row}: an expert occurs twice: {string.Join(", ", ids)}");
            Assert.All(weights[offsets[row]..offsets[row + 1]], weight => Assert.True(float.IsFinite(weight), $"row {row}: expected finite weights, got {weight}"));
        }
    }
}
