Console.Error.WriteLine("error: libtorch is not set up, and training needs it. Run ./spud setup torch, then build training/Spud.Training again.");
return 1;
