"""MLServer with a custom runtime, as its documentation shows one."""

from embedder import Embedder
from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceRequest, InferenceResponse


class EmbedRuntime(MLModel):
    async def load(self) -> bool:
        self.embedder = Embedder()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        texts = StringCodec.decode_input(payload.inputs[0])
        output = StringCodec.encode_output("embedding", self.embedder.embed(texts))
        return InferenceResponse(model_name=self.name, outputs=[output])
