using System.CommandLine;
using Spud.Training.Checkpoints;
using Spud.Training.Configuration;
using Spud.Training.Data;
using Spud.Training.Export;
using Spud.Training.Kernels;
using Spud.Training.Model;
using Spud.Training.Native;

namespace Spud.Training.Cli;

/// <summary><c>export</c>: converts a checkpoint to GGUF.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        Option<string> config = new("--config") { Description = "The run's configuration.", Required = true, HelpName = "FILE" };
        Option<string> checkpoint = new("--checkpoint") { Description = "A checkpoint of it.", Required = true, HelpName = "FILE" };
        Option<string> tokenizer = new("--tokenizer") { Description = "The tokenizer's pieces.jsonl.", Required = true, HelpName = "FILE" };
        Option<string> output = new("--out") { Description = "The model file to write.", Required = true, HelpName = "FILE" };
        Command command = new("export", "Write a model as GGUF in f32; 'spud quantize' makes it smaller.") { config, checkpoint, tokenizer, output };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(config), parsed.GetRequiredValue(checkpoint), parsed.GetRequiredValue(tokenizer), parsed.GetRequiredValue(output)));
        return command;
    }

    private static int Run(string config, string checkpoint, string tokenizer, string output)
    {
        TorchLibrary.Load();
        TrainingConfiguration configuration = TrainingConfiguration.Load(config);
        ModelShape shape = configuration.Shape;
        using ParameterSet parameters = new(Transformer<F32>.Parameters(shape, configuration.Routing));
        if (CheckpointFile.Read(checkpoint, parameters, Console.Error.WriteLine) is not { } state)
            throw new TrainingException($"{checkpoint} is missing: expected a checkpoint of the run.");

        GgufExport.Write(parameters, shape, configuration.Routing, new TokenizerFile(tokenizer), new(Path.GetFileNameWithoutExtension(config), configuration.Seed), output);
        Console.Out.WriteLine($"{output}: step {state.Step}, {state.Parameters} parameters");
        if (GgufExport.Router(parameters, shape, configuration.Routing) is { } router)
            Console.Out.WriteLine($"\"router\": {router}");
        return ExitCodes.Done;
    }
}
