"""Configuration of the encoder below, as `AutoConfig` of LeRobot's environment loads it."""

from transformers import PretrainedConfig


class ResNet10Config(PretrainedConfig):
    model_type = "resnet10"

    def __init__(
        self,
        num_channels=3,
        embedding_size=64,
        hidden_sizes=(64, 128, 256, 512),
        depths=(1, 1, 1, 1),
        hidden_act="relu",
        pooler=None,
        **others,
    ):
        super().__init__(**others)
        self.num_channels = num_channels
        self.embedding_size = embedding_size
        self.hidden_sizes = list(hidden_sizes)
        self.depths = list(depths)
        self.hidden_act = hidden_act
        self.pooler = pooler
