using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Graphs;

/// <summary>The formulas of transformer layers as operators of ONNX and ONNX Runtime.</summary>
internal static class Operators
{
    // gate * sigmoid(1.702 gate), gpt-oss
    private const float ClampedAlpha = 1.702f;

    extension(Graph graph)
    {
        /// <summary>weight * x / rms(x), over the last axis.</summary>
        public string RmsNorm(string x, string name, in TensorView weight, float epsilon) => graph.Node(
            "SimplifiedLayerNormalization", [x, graph.Weight(name, weight)],
            Attribute.Int("axis", -1), Attribute.Float("epsilon", epsilon), Attribute.Int("stash_type", 1));

        /// <summary>act(gate) * up, with the layer's activation.</summary>
        public string Activate(LayerDescription layer, string gate, string up)
        {
            if (layer.Has(Trait.ClampedSwiGlu))
                return graph.ClampedSwiGlu(gate, up, layer.Number(Trait.ClampedSwiGlu, 0));

            string active = layer.Has(Trait.Gelu) ? graph.MicrosoftNode("FastGelu", [gate]) : graph.Sigmoided(gate, 1);
            return graph.Node("Mul", [active, up]);
        }

        /// <summary>factor * x; x itself if the factor is 1.</summary>
        public string Scaled(string x, float factor) => factor == 1 ? x : graph.Node("Mul", [x, graph.Scalar(factor)]);

        /// <summary>residual + factor * norm(x Wᵀ + bias); bias and norm may be absent.</summary>
        public string Residual(Matrix matrix, string name, string x, in TensorView bias, in TensorView norm, float epsilon, string residual, float factor)
        {
            if (!bias.IsPresent && !norm.IsPresent)
                return matrix.AddedTo(graph, name, x, residual, factor);

            string delta = matrix.Product(graph, name, x, bias);
            if (norm.IsPresent)
                delta = graph.RmsNorm(delta, name + ".norm", norm, epsilon);
            return graph.Node("Add", [residual, graph.Scaled(delta, factor)]);
        }

        /// <summary>x in another shape, one dimension of which may be -1.</summary>
        public string Reshape(string x, params ReadOnlySpan<long> shape) => graph.Node("Reshape", [x, graph.Indices(shape)]);

        // x * sigmoid(alpha x)
        private string Sigmoided(string x, float alpha) => graph.MicrosoftNode("QuickGelu", [x], Attribute.Float("alpha", alpha));

        private string ClampedSwiGlu(string gate, string up, float limit)
        {
            string most = graph.Scalar(limit), least = graph.Scalar(-limit);
            string active = graph.Sigmoided(graph.Node("Clip", [gate, "", most]), ClampedAlpha);
            string raised = graph.Node("Add", [graph.Node("Clip", [up, least, most]), graph.Scalar(1)]);
            return graph.Node("Mul", [active, raised]);
        }
    }
}
